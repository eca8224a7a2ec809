import type { Mixture } from '../contract/mixture-section.ts';
import type { Interchange } from '../contract/probes.ts';
import { breakDown } from '../probes/breakdown.ts';
import { summarise } from '../probes/interchange-summary.ts';
import { sweepLayers, type PairOutcome } from '../probes/interchange.ts';
import { mapBatches } from '../probes/map-batches.ts';
import { summariseMixture } from '../probes/mixture.ts';
import type { Condition } from '../task/conditions.ts';
import { PER_RUN, PROBE_SEED, specOf, type Measurement } from './probe-plan.ts';

/** The sections of `probes.json` that sweep the layers at the last token of the query. */

export async function measureInterchange(
  measurement: Measurement,
  condition: Condition,
): Promise<Interchange> {
  const { about, outcomes } = await sweepCondition(measurement, condition);
  const summary = summarise(outcomes);
  const solved = outcomes.filter((outcome) => outcome.solved);
  return {
    ...about,
    ...summary,
    layers: [...summary.layers],
    ...breakDown(solved, summary.peakLayer),
  };
}

export async function measureMixture(
  measurement: Measurement,
  condition: Condition,
): Promise<Mixture> {
  const { about, outcomes } = await sweepCondition(measurement, condition);
  return { ...about, ...summariseMixture(outcomes) };
}

async function sweepCondition(measurement: Measurement, condition: Condition) {
  const { subject, pairs, onProgress } = measurement;
  const spec = specOf(measurement, condition);
  const outcomes: PairOutcome[] = await mapBatches(
    pairs,
    PER_RUN.pairs,
    (indices) => sweepLayers(subject, spec, PROBE_SEED, indices),
    onProgress,
  );
  const about = { ...condition, split: 'test' as const, seed: PROBE_SEED, objects: spec.objects };
  return { about, outcomes };
}
