import { modelFacts } from '../contract/card.ts';
import { ProblemError } from '../client/index.ts';
import type { Plan, RecordedCondition, RecordedModel, Tolerances } from '../contract/baseline.ts';
import type { Finding } from '../contract/regression.ts';
import type { Recording } from '../statistics/regression.ts';
import { LIMITS } from '../task/spec.ts';
import { conditionsOf } from '../task/conditions.ts';
import type { Deployment } from './deployment.ts';
import { ModelRecorder, type Target } from './record-model.ts';

/** Objects of a sweep where nothing else is known: the most of training. */
const SWEEP_OBJECTS = LIMITS.inDistribution;

/** A model under all the conditions it can be put under; its mechanism on the first of each modality. */
export async function freshTarget(deployment: Deployment, id: string): Promise<Target> {
  const card = await deployment.card(id);
  const { vocabulary, grid } = modelFacts(card);
  const conditions = conditionsOf(card.modalities);
  return {
    id,
    vocabulary,
    grid,
    conditions: conditions.map((condition, place) => ({
      ...condition,
      sweep:
        conditions.findIndex(({ modality }) => modality === condition.modality) === place
          ? SWEEP_OBJECTS
          : null,
    })),
  };
}

/** What a baseline asked a model. */
export function targetOf({ id, vocabulary, grid, conditions }: RecordedModel): Target {
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

/**
 * Asks models all that a plan says.
 *
 * @param onProgress called with the share done, 0 to 1
 * @returns what they did; what a model refused is among the failures
 * @throws whatever says nothing about a model: the deployment does not answer, or answers nonsense
 */
export async function record(
  deployment: Deployment,
  plan: Plan,
  tolerances: Tolerances,
  targets: readonly Target[],
  onProgress: (done: number) => void = () => undefined,
): Promise<Recording> {
  const answers = new Map<string, string>();
  const failures: Finding[] = [];
  const models: RecordedModel[] = [];
  const total = targets.reduce((sum, { conditions }) => sum + conditions.length, 0);
  let done = 0;
  const step = (share: number) => {
    onProgress((done + share) / total);
  };
  for (const target of targets) {
    const recorder = new ModelRecorder(deployment, plan, target, answers);
    const conditions: RecordedCondition[] = [];
    try {
      const card = await deployment.card(target.id);
      for (const condition of target.conditions) {
        conditions.push(await recorder.condition(condition, step));
        done++;
      }
      const { model, encoder } = card.files;
      models.push({
        id: target.id,
        digests: { model: model.sha256, encoder: encoder?.sha256 ?? null },
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
  return {
    figures: {
      schema: 1,
      source: deployment.source,
      recorded: new Date().toISOString(),
      tolerances,
      plan,
      models,
    },
    failures,
    answerTo: (model, query) => answers.get(`${model} ${query}`) ?? 'nothing',
  };
}

/** @throws Error where a model did not do all it was asked: what is broken is nothing to compare with */
export function requireAll({ failures }: Recording): void {
  const broken = failures.find(({ level }) => level === 'failure');
  if (broken) throw new Error(broken.message);
}

/** Problems that speak of the model, not of the request: what it answered before, it answers no more. */
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
    kind === 'model-broken' ? `"${model}" fails when it is asked: ${error.message}` : error.message;
  return { level: 'failure', kind, model, message };
}
