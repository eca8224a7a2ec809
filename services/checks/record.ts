import { ProblemError } from '../../client/index.ts';
import type {
  CodeVersion,
  Plan,
  RecordedCondition,
  RecordedModel,
  Tolerances,
} from '../../contract/baseline.ts';
import type { Finding } from '../../contract/regression.ts';
import { SCHEMA_ADDRESSES } from '../../contract/schema-addresses.ts';
import type { Recording } from '../../statistics/recording.ts';
import { LIMITS } from '../../task/spec.ts';
import { conditionsOf } from '../../task/conditions.ts';
import type { AskedModels } from './deployment.ts';
import { ModelRecorder, timeKey, type Step, type Target } from './record-model.ts';

/** Objects of the sweep of a new baseline: the most in training. */
const SWEEP_OBJECTS = LIMITS.inDistribution;

/** All conditions of a model, with a sweep for the first condition of each modality. */
export async function newTarget(deployment: AskedModels, id: string): Promise<Target> {
  const { vocabulary, grid, modalities } = await deployment.facts(id);
  const conditions = conditionsOf(modalities);
  return {
    id,
    vocabulary,
    grid,
    conditions: conditions.map((condition, index) => ({
      ...condition,
      sweep:
        conditions.findIndex(({ modality }) => modality === condition.modality) === index
          ? SWEEP_OBJECTS
          : null,
    })),
  };
}

/** The conditions of a model in a baseline. */
export function recordedTarget({ id, vocabulary, grid, conditions }: RecordedModel): Target {
  return {
    id,
    vocabulary,
    grid,
    conditions: conditions.map(({ modality, order, mechanism }) => ({
      modality,
      order,
      sweep: mechanism?.objects ?? null,
    })),
  };
}

/** A deployment that answers a query in two ways. */
export class UnstableAnswersError extends Error {
  override readonly name = 'UnstableAnswersError';
}

export interface RecordOptions {
  /** The code that records. */
  readonly code: CodeVersion;
  /** Called with the share done, 0 to 1. */
  readonly onProgress?: (done: number) => void;
  /** By default nothing is kept. */
  readonly step?: Step;
}

/**
 * Records the results of models according to a plan.
 *
 * @returns the results, and the failures of single models
 * @throws Error where the deployment itself fails: it does not answer, or its response is invalid
 * @throws UnstableAnswersError where it answers a query in two ways, as then a comparison answer by answer means nothing
 */
export async function record(
  deployment: AskedModels,
  plan: Plan,
  tolerances: Tolerances,
  targets: readonly Target[],
  { code, onProgress = () => undefined, step = (_, work) => work() }: RecordOptions,
): Promise<Recording> {
  const answers = new Map<string, string>();
  const seconds = new Map<string, number>();
  const unstable: string[] = [];
  const failures: Finding[] = [];
  const models: RecordedModel[] = [];
  const total = targets.reduce((sum, { conditions }) => sum + conditions.length, 0);
  let done = 0;
  for (const target of targets) {
    const recorder = new ModelRecorder(deployment, plan, target, answers, seconds, step);
    const conditions: RecordedCondition[] = [];
    try {
      const digests = await recorder.digests();
      for (const condition of target.conditions) {
        const difference = await recorder.instability(condition);
        if (difference !== null) unstable.push(difference);
        conditions.push(
          await recorder.condition(condition, (share) => {
            onProgress((done + share) / total);
          }),
        );
        done++;
      }
      models.push({
        id: target.id,
        digests,
        vocabulary: target.vocabulary,
        grid: target.grid,
        latency: await recorder.latency(),
        conditions,
      });
    } catch (error) {
      failures.push(failureOf(target.id, error));
      done += target.conditions.length - conditions.length;
    }
    failures.push(...recorder.findings);
  }
  if (unstable.length > 0) {
    throw new UnstableAnswersError(
      `the answers of ${deployment.source} are not deterministic, so they cannot be compared: ` +
        `${unstable.join('; ')}; two versions may be deployed at the same time`,
    );
  }
  return {
    figures: {
      $schema: SCHEMA_ADDRESSES.baseline,
      schema: 1,
      source: deployment.source,
      recorded: new Date().toISOString(),
      code,
      tolerances,
      plan,
      models,
    },
    failures,
    answerTo: (model, query) => answers.get(`${model} ${query}`) ?? 'no answer',
    secondsOf: ({ model, metric, objects, ...condition }) =>
      seconds.get(timeKey(model, condition, metric === 'symbolic' ? 'sweep' : (objects ?? 0))) ?? 0,
  };
}

/** @throws Error where models failed, since a failed recording cannot be a baseline; it names all of them */
export function requireAll({ failures }: Pick<Recording, 'failures'>): void {
  const messages = failures.filter(({ level }) => level === 'failure').map((one) => one.message);
  if (messages.length > 0) throw new Error([...new Set(messages)].join('; '));
}

/**
 * The models that a deployment has, or those that were asked for.
 *
 * @throws Error where there are none, as then there is nothing to measure
 */
export async function modelsToRecord(
  deployment: AskedModels,
  asked: readonly string[] | undefined,
): Promise<readonly string[]> {
  const ids = asked ?? (await deployment.ids());
  if (ids.length === 0) throw new Error(`${deployment.source} has no models`);
  return ids;
}

/** Problems that are failures of the model and not of the request. */
const FAILURES: Readonly<Record<string, Finding['kind']>> = {
  'unknown-model': 'model-missing',
  'unknown-version': 'model-missing',
  'model-unavailable': 'model-unavailable',
  'incompatible-model': 'model-incompatible',
  internal: 'model-broken',
};

function failureOf(model: string, error: unknown): Finding {
  const kind = error instanceof ProblemError ? FAILURES[error.kind] : undefined;
  if (!(error instanceof Error) || !kind) throw error;
  const message =
    kind === 'model-broken' ? `"${model}" cannot answer: ${error.message}` : error.message;
  return { level: 'failure', kind, model, message };
}
