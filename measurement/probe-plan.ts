import type { ProbedModel } from './probe-subject.ts';
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
import type { Condition } from '../task/conditions.ts';
import { elementAt } from '../task/element-at.ts';
import { LIMITS, parseSpec, type QuerySpec } from '../task/spec.ts';

/** Folders whose code decides what a probe measures. */
export const PROBING_CODE = ['task', 'statistics', 'onnx', 'inference', 'probes', 'measurement'];

/** Seed of the scenes of all probes. It differs from the card's, so that no scene is in both. */
export const PROBE_SEED = 3;

/** Pairs or scenes in one batch; bounds memory. */
export const PER_RUN = { pairs: 32, tokenPairs: 4, scenes: 32 } as const;

/**
 * Numbers of objects for ablations, in and out of distribution. With more objects, a model that binds by
 * position is at chance, and an ablation cannot lower its accuracy.
 */
const DISTRIBUTIONS = [
  { distribution: 'id', objects: 8 },
  { distribution: 'ood', objects: 9 },
] as const;

/** The model to measure, and the number of pairs. */
export interface Measurement {
  readonly subject: ProbeSubject<HeadRun>;
  readonly card: Pick<ProbedModel['card'], 'modalities' | 'vocabulary' | 'grid'>;
  /** Pairs of prompts per interchange; slower probes use a fraction of it. */
  readonly pairs: number;
  /** Called with the fraction of the section that is done, 0 to 1. */
  readonly onProgress: (done: number) => void;
}

/** Test scenes of a condition, with the model's vocabulary and grid. */
export function specOf(
  { card }: Measurement,
  condition: Condition,
  objects: number = LIMITS.inDistribution,
) {
  const { vocabulary, grid } = card;
  return parseSpec({ split: 'test', ...condition, objects, vocabulary, grid });
}

/** Answers the same queries without and with every ablation, in and out of distribution. */
export async function ablateByDistribution<A>(
  measurement: Measurement,
  condition: Condition,
  queries: number,
  ablations: readonly A[],
  interventionsFor: (
    spec: QuerySpec,
  ) => AblationInterventions<A> | Promise<AblationInterventions<A>>,
) {
  const { subject, onProgress } = measurement;
  const results = [];
  for (const [index, { distribution, objects }] of DISTRIBUTIONS.entries()) {
    const spec = specOf(measurement, condition, objects);
    const interventions = await interventionsFor(spec);
    const parts = await mapBatches(
      queries,
      PER_RUN.scenes,
      async (scenes) => [
        await answerWithAblations(subject, spec, PROBE_SEED, scenes, ablations, interventions),
      ],
      (done) => {
        onProgress((index + done) / DISTRIBUTIONS.length);
      },
    );
    const { baseline, ablated } = concatAnswers(parts);
    results.push({
      distribution,
      objects,
      queries,
      baseline: accuracyOf(baseline),
      effects: ablations.map((ablation, nth) => ({
        ablation,
        ...ablationEffect(baseline, elementAt(ablated, nth)),
      })),
    });
  }
  return results;
}
