import { ProblemError } from '../../client/index.ts';
import type {
  Latency,
  Plan,
  RecordedCondition,
  RecordedMechanism,
  RecordedModel,
  RecordedPoint,
} from '../../contract/baseline.ts';
import { packBits } from '../../contract/bitset.ts';
import { sha256Of } from '../../contract/digest.ts';
import type { Finding } from '../../contract/regression.ts';
import { listQueryIndices } from '../../task/query-indices.ts';
import { proportion } from '../../statistics/intervals.ts';
import { mechanismOf } from '../../probes/interpretation.ts';
import { elementAt } from '../../task/element-at.ts';
import { queryName } from '../../task/query.ts';
import { parseSpec, rangeOfObjects, type QuerySpec } from '../../task/spec.ts';
import type { Condition } from '../../task/conditions.ts';
import { predictAll } from './predict-all.ts';
import type { AskedModels } from './deployment.ts';

/** A model and the queries for it. */
export interface Target extends Pick<RecordedModel, 'id' | 'vocabulary' | 'grid'> {
  readonly conditions: readonly TargetCondition[];
}

export interface TargetCondition extends Condition {
  /** Objects of the interchange sweep; null: no sweep. */
  readonly sweep: number | null;
}

/**
 * Does one part of the work. A durable engine keeps what it returns, as JSON, and does not do it again when it starts
 * anew; names are unique in a recording.
 */
export type Step = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** How many queries of each kind are asked twice, to see whether answers repeat. */
const REPEATED_QUERIES = 8;

/** The key of the time that a model's queries with one number of objects, or its sweep, took. */
export const timeKey = (
  model: string,
  { modality, order }: Condition,
  what: number | 'sweep',
): string => `${model} ${modality} ${order} ${what}`;

/** Records the results of one model according to a plan. */
export class ModelRecorder {
  readonly findings: Finding[] = [];

  constructor(
    private readonly deployment: AskedModels,
    private readonly plan: Plan,
    private readonly target: Target,
    private readonly answers: Map<string, string>,
    /** Times of groups of queries, by `timeKey`. */
    private readonly seconds: Map<string, number>,
    private readonly step: Step,
  ) {}

  /**
   * Asks a few queries twice, in the same requests, those with the most objects: there the model is least certain.
   *
   * @returns what differs; null where both answers are the same
   */
  instability(condition: Condition): Promise<string | null> {
    return this.step(this.#nameOf(condition, 'twice'), () => this.#instability(condition));
  }

  /** The digests of the files that answer. */
  digests(): Promise<RecordedModel['digests']> {
    return this.step(`${this.target.id} card`, async () => {
      const { digests } = await this.deployment.facts(this.target.id);
      return digests;
    });
  }

  async #instability(condition: Condition): Promise<string | null> {
    const names = this.#queryNames(this.#spec(condition, Math.max(...this.plan.objects))).slice(
      0,
      REPEATED_QUERIES,
    );
    const [first, second] = [await this.#answers(names), await this.#answers(names)];
    const at = names.findIndex((_, index) => first[index] !== second[index]);
    if (at < 0) return null;
    return `"${this.target.id}" answered ${names[at] ?? ''} with "${first[at] ?? ''}", then with "${second[at] ?? ''}"`;
  }

  async condition(
    condition: TargetCondition,
    onProgress: (done: number) => void,
  ): Promise<RecordedCondition> {
    const { modality, order, sweep } = condition;
    const byObjects: RecordedPoint[] = [];
    for (const objects of this.plan.objects) {
      byObjects.push(await this.#point(this.#spec(condition, objects)));
      onProgress(byObjects.length / this.plan.objects.length);
    }
    const pooled = (range: 'id' | 'ood') => {
      const points = byObjects.filter(({ objects }) => rangeOfObjects(objects) === range);
      const sum = (field: 'correct' | 'count') =>
        points.reduce((total, point) => total + point[field], 0);
      return points.length > 0 ? proportion(sum('correct'), sum('count')) : null;
    };
    return {
      modality,
      order,
      id: pooled('id'),
      ood: pooled('ood'),
      byObjects,
      mechanism:
        sweep === null || this.plan.pairs === 0 ? null : await this.#sweep(condition, sweep),
    };
  }

  /** The latency of requests with one query, including the network. */
  latency(): Promise<Latency> {
    return this.step(`${this.target.id} latency`, () => this.#latency());
  }

  async #latency(): Promise<Latency> {
    const condition = elementAt(this.target.conditions, 0);
    const spec = this.#spec(condition, elementAt(this.plan.objects, 0));
    const query = queryName({ spec, seed: this.plan.seed, index: 0, question: 0 });
    const times: number[] = [];
    for (let request = 0; request < this.plan.requests; request++) {
      const start = performance.now();
      await this.deployment.predict(this.target.id, [query]);
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    const quantile = (share: number) => {
      const time = elementAt(times, Math.ceil(share * times.length) - 1);
      return Math.round(100 * time) / 100;
    };
    return { requests: this.plan.requests, p50: quantile(0.5), p95: quantile(0.95) };
  }

  #spec({ modality, order }: Condition, objects: number): QuerySpec {
    const { vocabulary, grid } = this.target;
    return parseSpec({ split: this.plan.split, modality, order, objects, vocabulary, grid });
  }

  #queryNames(spec: QuerySpec): string[] {
    const { seed, queries, questionsPerScene } = this.plan;
    return listQueryIndices(spec.objects, queries, questionsPerScene).map((indices) =>
      queryName({ spec, seed, ...indices }),
    );
  }

  async #answers(names: readonly string[]): Promise<string[]> {
    const results = await predictAll(this.deployment, this.target.id, names);
    return results.map(({ answers }) => elementAt(answers, 0).answer.name);
  }

  #nameOf = ({ modality, order }: Condition, what: number | string) =>
    `${this.target.id} ${modality} ${order} ${what}`;

  /** A step whose time counts. */
  async #timed<T>(condition: Condition, what: number | 'sweep', work: () => Promise<T>) {
    const { result, seconds } = await this.step(this.#nameOf(condition, what), async () => {
      const start = performance.now();
      const result = await work();
      return { result, seconds: (performance.now() - start) / 1000 };
    });
    this.seconds.set(timeKey(this.target.id, condition, what), Math.round(1000 * seconds) / 1000);
    return result;
  }

  async #point(spec: QuerySpec): Promise<RecordedPoint> {
    const names = this.#queryNames(spec);
    const { point, answers } = await this.#timed(spec, spec.objects, async () => {
      const results = await predictAll(this.deployment, this.target.id, names);
      const outcomes = results.map(({ answers }) => elementAt(answers, 0).correct);
      const queries = results.map(({ query }) => `${query.text}\n${query.answer.token}\n`).join('');
      const point: RecordedPoint = {
        objects: spec.objects,
        correct: outcomes.filter(Boolean).length,
        count: outcomes.length,
        correctBits: packBits(outcomes),
        queries: (await sha256Of(new TextEncoder().encode(queries))).slice(0, 16),
      };
      return { point, answers: results.map(({ answers }) => elementAt(answers, 0).answer.name) };
    });
    for (const [index, answer] of answers.entries()) {
      this.answers.set(`${this.target.id} ${elementAt(names, index)}`, answer);
    }
    return point;
  }

  async #sweep({ modality, order }: Condition, objects: number): Promise<RecordedMechanism | null> {
    const { seed, pairs } = this.plan;
    const request = { objects, pairs, seed, modality, order };
    try {
      return await this.#timed(request, 'sweep', async () => {
        const sweep = await this.deployment.sweep(this.target.id, request);
        const peak = sweep.layers.find(({ layer }) => layer === sweep.peakLayer);
        if (!peak) return null;
        return {
          objects,
          pairs,
          solved: sweep.solved,
          peakLayer: sweep.peakLayer,
          positional: peak.shares.positional.correct,
          symbolic: peak.shares.symbolic.correct,
          mechanism: mechanismOf(peak.shares),
        };
      });
    } catch (error) {
      if (!(error instanceof ProblemError) || error.kind !== 'probe-not-found') throw error;
      const { message } = error;
      this.findings.push({ level: 'notice', kind: 'mechanism', model: this.target.id, message });
      return null;
    }
  }
}
