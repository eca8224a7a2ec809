import type { ModelRunner } from '../../inference/model-runner.ts';
import type { ModelAccess } from '../../services/models.ts';

let isFirstRequest = true;

/** @returns true once per isolate */
function takeCold(): boolean {
  const cold = isFirstRequest;
  isFirstRequest = false;
  return cold;
}

/**
 * Measures the phases of a request, for `Server-Timing`. On Cloudflare the clock only advances while a
 * worker waits for I/O, so there every phase except `load` is near 0.
 */
export class RequestTimer {
  /** Whether this is the first request of the isolate, which includes its start-up. */
  readonly cold = takeCold();
  readonly #start = performance.now();
  #parsed: number | undefined;
  readonly #spent = { load: 0, inference: 0, serialise: 0 };

  /** Marks the end of parsing and validation. */
  markParsed(): void {
    this.#parsed = performance.now();
  }

  /** The models, with the time for loading and running them measured. */
  measure(models: ModelAccess): ModelAccess {
    return {
      card: (reference) => this.#time('load', () => models.card(reference)),
      runner: async (card) => {
        const runner = await this.#time('load', () => models.runner(card));
        return this.#measureRunner(runner);
      },
    };
  }

  #measureRunner(runner: ModelRunner): ModelRunner {
    return {
      featureWidth: runner.featureWidth,
      logits: (batch) => this.#time('inference', () => runner.logits(batch)),
      encode: (objects, grid) => this.#time('inference', () => runner.encode(objects, grid)),
    };
  }

  /** Runs and measures the serialisation of a response. */
  serialise<T>(work: () => T): T {
    const start = performance.now();
    const result = work();
    this.#spent.serialise += performance.now() - start;
    return result;
  }

  /** Milliseconds since the request arrived. */
  get total(): number {
    return performance.now() - this.#start;
  }

  /** The value of the header. `generate` is the time after parsing that no other phase accounts for. */
  header(): string {
    const { total } = this;
    const phases: [string, number][] = [];
    if (this.#parsed !== undefined) {
      const parse = this.#parsed - this.#start;
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
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.#spent[phase] += performance.now() - start;
    }
  }
}
