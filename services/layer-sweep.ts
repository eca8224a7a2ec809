import type { ModelCard } from '../contract/card.ts';
import { modelFacts } from '../contract/model-facts.ts';
import type { Sweep, SweepRequest } from '../contract/interventions.ts';
import type { SweepTally } from '../contract/sweep-tallies.ts';
import { packScene } from '../inference/answer-queries.ts';
import { mapBatches } from '../probes/map-batches.ts';
import { questionsOfSweep, SOURCE_PROMPTS, sweepLayers } from '../probes/interchange.ts';
import { summariseTally, tallyOf } from '../probes/interchange-summary.ts';
import { summariseInterchange } from '../probes/interpretation.ts';
import { parseSpec, type QuerySpec } from '../task/spec.ts';
import { requireAffordableCount, rowsPerRun, workOf } from './cost-limit.ts';
import type { Models } from './models.ts';
import { requireCompatible, requireHooks } from './model-compatibility.ts';

/** A valid sweep: the model can read the pairs. */
export interface SweepPlan {
  readonly card: ModelCard;
  readonly spec: QuerySpec;
  readonly seed: number;
  /** Multiply-adds of one pair. */
  readonly workOfPair: number;
  /** Pairs of one run. */
  readonly batch: number;
}

/**
 * Checks before anything runs that a model can read the pairs; not how much work they are.
 *
 * @throws ServiceError where the model cannot read the queries, or has no layers to patch
 * @throws SpecError where the parameters contradict each other
 */
export function planSweep(
  card: ModelCard,
  { objects, seed, modality, order }: Omit<SweepRequest['sweep'], 'pairs'>,
): SweepPlan {
  const { vocabulary, layers } = modelFacts(card);
  const spec = parseSpec({ objects, modality, order, vocabulary });
  const sample = packScene(spec, seed, [{ index: 0, question: 0 }]);
  requireCompatible(card, sample, vocabulary);
  requireHooks(card, 'residual');
  // For each pair, `sweepLayers` runs the prompts that patches are taken from, and one with a question for every patch.
  const single = sample.prompt.tokens.length;
  const packed = single + questionsOfSweep(layers) - 1;
  const workOfPair = workOf(card, packed) + SOURCE_PROMPTS * workOf(card, single);
  return { card, spec, seed, workOfPair, batch: rowsPerRun(packed) };
}

/** Sweeps the pairs from `start` up to but without `end`. A sweep done in parts that end where a run ends has the same runs. */
export async function tallySweep(
  models: Pick<Models, 'subject'>,
  { card, spec, seed, batch }: SweepPlan,
  start: number,
  end: number,
): Promise<SweepTally> {
  const subject = await models.subject(card);
  const outcomes = await mapBatches(end - start, batch, (indices) =>
    sweepLayers(
      subject,
      spec,
      seed,
      indices.map((index) => start + index),
    ),
  );
  return tallyOf(outcomes);
}

/** @param model as the request names it */
export function sweepResult(
  model: string,
  { card, spec, seed }: SweepPlan,
  tally: SweepTally,
): Sweep {
  const { modality, order, objects } = spec;
  const summary = summariseTally(tally);
  const figures = { modality, order, objects, ...summary };
  return {
    kind: 'sweep',
    model,
    digest: card.files.model.sha256,
    split: 'test',
    seed,
    ...figures,
    layers: [...summary.layers],
    summary: summariseInterchange(model, figures),
  };
}

/**
 * Patches every layer of many generated pairs.
 *
 * @throws ServiceError where the model cannot read the queries, or the work is too much
 * @throws SpecError where the parameters contradict each other
 */
export async function runSweep(
  models: Pick<Models, 'card' | 'subject'>,
  request: SweepRequest,
): Promise<Sweep> {
  const { pairs } = request.sweep;
  const plan = planSweep(await models.card(request.model), request.sweep);
  requireAffordableCount(plan.workOfPair, pairs, 'pairs');
  return sweepResult(request.model, plan, await tallySweep(models, plan, 0, pairs));
}
