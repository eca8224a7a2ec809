import type { MiddlewareHandler } from 'hono';
import type { ModelRunner } from '../../inference/model-runner.ts';
import type { ModelAccess } from '../../services/models.ts';
import type { AppEnv } from '../services.ts';

let cold = true;

function takeCold(): boolean {
  const was = cold;
  cold = false;
  return was;
}

/**
 * Where the time of a request goes, for `Server-Timing`. Cloudflare's clock stands still while a
 * worker computes and moves on when it waits for something, so there all but `load` is near 0.
 */
export class RequestTimer {
  /** Whether this is the first request of the isolate, which pays for its start. */
  readonly cold = takeCold();
  readonly #began = performance.now();
  #parsed: number | undefined;
  readonly #spent = { load: 0, inference: 0, serialise: 0 };

  /** To be called when the request is known to be good: up to then it was parsed. */
  parsed(): void {
    this.#parsed = performance.now();
  }

  /** The models, with the time that loading and running them takes put down. */
  watch(models: ModelAccess): ModelAccess {
    return {
      card: (reference) => this.#time('load', () => models.card(reference)),
      runner: async (card) => {
        const runner = await this.#time('load', () => models.runner(card));
        return this.#watchRunner(runner);
      },
    };
  }

  #watchRunner(runner: ModelRunner): ModelRunner {
    return {
      featureWidth: runner.featureWidth,
      logits: (batch) => this.#time('inference', () => runner.logits(batch)),
      encode: (objects, grid) => this.#time('inference', () => runner.encode(objects, grid)),
    };
  }

  /** What turns an answer into JSON. */
  serialise<T>(work: () => T): T {
    const began = performance.now();
    const text = work();
    this.#spent.serialise += performance.now() - began;
    return text;
  }

  /** Milliseconds since the request came. */
  get total(): number {
    return performance.now() - this.#began;
  }

  /** The header: what is not accounted for between parsing and answering is making queries. */
  header(): string {
    const { total } = this;
    const phases: [string, number][] = [];
    if (this.#parsed !== undefined) {
      const parse = this.#parsed - this.#began;
      const { load, inference, serialise } = this.#spent;
      const generate = Math.max(0, total - parse - load - inference - serialise);
      phases.push(['parse', parse], ['load', load], ['generate', generate]);
      phases.push(['inference', inference], ['serialise', serialise]);
    }
    phases.push(['total', total]);
    const times = phases.map(([name, spent]) => `${name};dur=${spent.toFixed(1)}`);
    return [...times, ...(this.cold ? ['cold'] : [])].join(', ');
  }

  async #time<T>(phase: 'load' | 'inference', work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.#spent[phase] += performance.now() - began;
    }
  }
}

/** Gives each request a clock, and its answer what the clock says. */
export const serverTiming: MiddlewareHandler<AppEnv> = async (c, next) => {
  const clock = new RequestTimer();
  c.set('clock', clock);
  await next();
  c.header('server-timing', clock.header());
  // Answers that are made without Hono have lost it.
  c.header('x-request-id', c.var.requestId);
};
