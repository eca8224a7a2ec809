import type { ModelCard } from '../../contract/card.ts';
import type { Interchange, Probes, ProbeSection } from '../../contract/probes.ts';
import { breakDown } from '../../probes/breakdown.ts';
import { summarise, sweepLayers, type PairOutcome } from '../../probes/interchange.ts';
import type { Subject } from '../../probes/lay.ts';
import type { HeadRun } from '../../probes/runner.ts';
import { LIMITS, parseSpec, type AssociationOrder, type Modality } from '../../task/spec.ts';

/** Seed of every probe's scenes; apart from the card's, whose queries are those of comparisons. */
export const PROBE_SEED = 3;

/** Pairs that are run together: bounds memory. */
const PAIRS_PER_RUN = 32;

/** What is measured, and on how much. */
export interface Measurement {
  readonly subject: Subject<HeadRun>;
  readonly card: Pick<ModelCard, 'modalities' | 'recipe'>;
  /** Pairs of an interchange; other probes take their own shares of it. */
  readonly pairs: number;
  /** Called with the share of the section that is done, 0 to 1. */
  readonly onProgress: (done: number) => void;
}

interface Condition {
  readonly modality: Modality;
  readonly order: AssociationOrder;
}

/** Text both ways; a picture has no order that associations could follow. */
const CONDITIONS: readonly Condition[] = [
  { modality: 'text', order: 'context' },
  { modality: 'text', order: 'shuffled' },
  { modality: 'image', order: 'shuffled' },
];

/** How each section is measured. */
export const MEASURE: {
  readonly [S in ProbeSection]?: (measurement: Measurement) => Promise<NonNullable<Probes[S]>>;
} = {
  interchange: (measurement) => perCondition(measurement, measureInterchange),
};

/** Measures one condition after the other. */
async function perCondition<T>(
  measurement: Measurement,
  measure: (measurement: Measurement, condition: Condition) => Promise<T>,
): Promise<T[]> {
  const { card, onProgress } = measurement;
  const conditions = CONDITIONS.filter(({ modality }) => card.modalities.includes(modality));
  const entries: T[] = [];
  for (const condition of conditions) {
    const progress = (done: number) => {
      onProgress((entries.length + done) / conditions.length);
    };
    entries.push(await measure({ ...measurement, onProgress: progress }, condition));
  }
  return entries;
}

/** The scenes of a condition, of the model's own vocabulary. */
function specOf(
  { card }: Measurement,
  condition: Condition,
  objects: number = LIMITS.inDistribution,
) {
  const { vocabulary, grid } = card.recipe;
  return parseSpec({ split: 'test', ...condition, objects, vocabulary, grid });
}

/** Runs a probe over the indices 0 to `count` - 1, some at a time. */
async function inRuns<T>(
  count: number,
  perRun: number,
  onProgress: (done: number) => void,
  run: (indices: readonly number[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const results: T[] = [];
  for (let start = 0; start < count; start += perRun) {
    const size = Math.min(perRun, count - start);
    results.push(...(await run(Array.from({ length: size }, (_, place) => start + place))));
    onProgress((start + size) / count);
  }
  return results;
}

async function measureInterchange(
  measurement: Measurement,
  condition: Condition,
): Promise<Interchange> {
  const { subject, pairs, onProgress } = measurement;
  const spec = specOf(measurement, condition);
  const outcomes = await inRuns<PairOutcome>(pairs, PAIRS_PER_RUN, onProgress, (indices) =>
    sweepLayers(subject.probe, subject.encode, subject.featureWidth, spec, PROBE_SEED, indices),
  );
  const summary = summarise(outcomes);
  const solved = outcomes.filter((outcome) => outcome.solved);
  return {
    ...condition,
    split: 'test',
    seed: PROBE_SEED,
    objects: spec.objects,
    ...summary,
    layers: [...summary.layers],
    ...breakDown(solved, summary.peakLayer),
  };
}
