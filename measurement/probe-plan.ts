import type { ModelCard } from '../contract/card.ts';
import { mapBatches } from '../probes/map-batches.ts';
import type { ProbeSubject } from '../probes/prompt-batch.ts';
import {
  answerWithAblations,
  concatAnswers,
  ablationEffect,
  type AblationInterventions,
} from '../probes/ablation.ts';
import { accuracyOf } from '../statistics/intervals.ts';
import type { HeadRun } from '../probes/runner.ts';
import { LIMITS, parseSpec, type QuerySpec } from '../task/spec.ts';
import type { Condition } from '../task/conditions.ts';

/** Seed of every probe's scenes; apart from the card's, whose queries are those of comparisons. */
export const PROBE_SEED = 3;

/** Pairs or scenes that are run together: bounds memory. */
export const PER_RUN = { pairs: 32, tokenPairs: 4, scenes: 32 } as const;

/**
 * Numbers of objects in and out of distribution under a lesion. Farther out, a model that binds by
 * position answers no better than chance, and there is nothing left that a lesion could take.
 */
const DISTRIBUTIONS = [
  { distribution: 'id', objects: 8 },
  { distribution: 'ood', objects: 9 },
] as const;

/** What is measured, and on how much. */
export interface Measurement {
  readonly subject: ProbeSubject<HeadRun>;
  readonly card: Pick<ModelCard, 'modalities' | 'recipe'>;
  /** Pairs of an interchange; the costlier probes take a share of it. */
  readonly pairs: number;
  /** Called with the share of the section that is done, 0 to 1. */
  readonly onProgress: (done: number) => void;
}

/** The scenes of a condition, of the model's own vocabulary. */
export function specOf(
  { card }: Measurement,
  condition: Condition,
  objects: number = LIMITS.inDistribution,
) {
  const { vocabulary, grid } = card.recipe;
  return parseSpec({ split: 'test', ...condition, objects, vocabulary, grid });
}

/** Answers the same queries under every lesion, in and out of distribution. */
export async function perDistribution<L>(
  measurement: Measurement,
  condition: Condition,
  queries: number,
  lesions: readonly L[],
  lesionFor: (spec: QuerySpec) => AblationInterventions<L> | Promise<AblationInterventions<L>>,
) {
  const { subject, onProgress } = measurement;
  const results = [];
  for (const [place, { distribution, objects }] of DISTRIBUTIONS.entries()) {
    const spec = specOf(measurement, condition, objects);
    const lesionAt = await lesionFor(spec);
    const progress = (done: number) => {
      onProgress((place + done) / DISTRIBUTIONS.length);
    };
    const parts = await mapBatches(
      queries,
      PER_RUN.scenes,
      async (indices) => [
        await answerWithAblations(subject, spec, PROBE_SEED, indices, lesions, lesionAt),
      ],
      progress,
    );
    const { baseline, ablated } = concatAnswers(parts);
    results.push({
      distribution,
      objects,
      queries,
      baseline: accuracyOf(baseline),
      lesions: lesions.map((lesion, nth) => ({
        lesion,
        ...ablationEffect(baseline, ablated[nth]),
      })),
    });
  }
  return results;
}
