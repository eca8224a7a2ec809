import type { ModelCard } from '../../contract/card.ts';
import type {
  Heads,
  Interchange,
  Knockout,
  Linear,
  Probes,
  ProbeSection,
  TokenInterchange,
} from '../../contract/probes.ts';
import { breakDown } from '../../probes/breakdown.ts';
import { headsOf, silenceAt, summariseHeads, sweepHeads } from '../../probes/heads.ts';
import { inRuns } from '../../probes/in-runs.ts';
import { summarise, sweepLayers } from '../../probes/interchange.ts';
import { cutAt, cutsOf, edgesOf } from '../../probes/knockout.ts';
import type { Subject } from '../../probes/lay.ts';
import {
  answerUnder,
  joinAnswers,
  lesionOf,
  shareRight,
  type LesionAt,
} from '../../probes/lesion.ts';
import { collectSamples, fitProbes, RIDGE } from '../../probes/linear.ts';
import type { HeadRun } from '../../probes/runner.ts';
import { summariseTokens, sweepTokens } from '../../probes/tokens.ts';
import { packPrompt } from '../../task/prompt.ts';
import { generateScene } from '../../task/scene.ts';
import { LIMITS, parseSpec } from '../../task/spec.ts';
import { conditionsOf, type Condition } from '../conditions.ts';

/** Seed of every probe's scenes; apart from the card's, whose queries are those of comparisons. */
export const PROBE_SEED = 3;

/** Pairs or scenes that are run together: bounds memory. */
const PER_RUN = { pairs: 32, tokenPairs: 4, scenes: 32 } as const;

/**
 * Numbers of objects in and out of distribution under a lesion. Farther out, a model that binds by
 * position answers no better than chance, and there is nothing left that a lesion could take.
 */
const DISTRIBUTIONS = [
  { distribution: 'id', objects: 8 },
  { distribution: 'ood', objects: 9 },
] as const;

/** Layers that a knockout cuts together: one layer alone is often made up for by the next. */
const KNOCKOUT_WINDOW = 2;

/** Scenes of the linear probes; training takes all their objects, testing one of each. */
const LINEAR_SCENES = { train: 512, test: 1024 } as const;

/** What is measured, and on how much. */
export interface Measurement {
  readonly subject: Subject<HeadRun>;
  readonly card: Pick<ModelCard, 'modalities' | 'recipe'>;
  /** Pairs of an interchange; the costlier probes take a share of it. */
  readonly pairs: number;
  /** Called with the share of the section that is done, 0 to 1. */
  readonly onProgress: (done: number) => void;
}

/** How each section is measured. */
export const MEASURE: {
  readonly [S in ProbeSection]: (measurement: Measurement) => Promise<NonNullable<Probes[S]>>;
} = {
  interchange: (measurement) => perCondition(measurement, measureInterchange),
  tokens: (measurement) => perCondition(measurement, measureTokens),
  knockout: (measurement) => perCondition(measurement, measureKnockout),
  linear: (measurement) => perCondition(measurement, measureLinear),
  heads: (measurement) => perCondition(measurement, measureHeads),
};

/** Measures one condition after the other. */
async function perCondition<T>(
  measurement: Measurement,
  measure: (measurement: Measurement, condition: Condition) => Promise<T>,
): Promise<T[]> {
  const { card, onProgress } = measurement;
  const conditions = conditionsOf(card.modalities);
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

async function measureInterchange(
  measurement: Measurement,
  condition: Condition,
): Promise<Interchange> {
  const { subject, pairs, onProgress } = measurement;
  const spec = specOf(measurement, condition);
  const outcomes = await inRuns(
    pairs,
    PER_RUN.pairs,
    (indices) => sweepLayers(subject, spec, PROBE_SEED, indices),
    onProgress,
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

/** A row a patch: a quarter of the pairs is enough for shares to a few percent. */
async function measureTokens(
  measurement: Measurement,
  condition: Condition,
): Promise<TokenInterchange> {
  const { subject, onProgress } = measurement;
  const spec = specOf(measurement, condition);
  const pairs = Math.ceil(measurement.pairs / 4);
  const outcomes = await inRuns(
    pairs,
    PER_RUN.tokenPairs,
    (indices) => sweepTokens(subject, spec, PROBE_SEED, indices),
    onProgress,
  );
  return {
    ...condition,
    split: 'test',
    seed: PROBE_SEED,
    objects: spec.objects,
    pairs,
    solved: outcomes.length,
    groups: summariseTokens(outcomes),
  };
}

async function measureKnockout(measurement: Measurement, condition: Condition): Promise<Knockout> {
  const { subject } = measurement;
  const spec = specOf(measurement, condition);
  const example = generateScene(spec, PROBE_SEED, 0);
  const prompt = packPrompt(example, spec.modality, spec.grid, [
    { question: 'indirect', object: 0 },
  ]);
  const cuts = cutsOf(edgesOf(prompt), subject.probe.shape.layers, KNOCKOUT_WINDOW);
  const queries = Math.ceil(measurement.pairs / 4);
  const lesioned = await perDistribution(measurement, condition, queries, cuts, cutAt);
  return {
    ...condition,
    split: 'test',
    seed: PROBE_SEED,
    window: KNOCKOUT_WINDOW,
    distributions: lesioned.map(({ lesions, ...rest }) => ({
      ...rest,
      edges: lesions.map(({ lesion: { from, to, layers }, ...cost }) => ({
        from,
        to,
        layers: [layers[0], layers[1]],
        ...cost,
      })),
    })),
  };
}

/** Answers the same queries under every lesion, in and out of distribution. */
async function perDistribution<L>(
  measurement: Measurement,
  condition: Condition,
  queries: number,
  lesions: readonly L[],
  lesionAt: LesionAt<L>,
) {
  const { subject, onProgress } = measurement;
  const results = [];
  for (const [place, { distribution, objects }] of DISTRIBUTIONS.entries()) {
    const spec = specOf(measurement, condition, objects);
    const progress = (done: number) => {
      onProgress((place + done) / DISTRIBUTIONS.length);
    };
    const parts = await inRuns(
      queries,
      PER_RUN.scenes,
      async (indices) => [await answerUnder(subject, spec, PROBE_SEED, indices, lesions, lesionAt)],
      progress,
    );
    const { whole, under } = joinAnswers(parts);
    results.push({
      distribution,
      objects,
      queries,
      whole: shareRight(whole),
      lesions: lesions.map((lesion, nth) => ({ lesion, ...lesionOf(whole, under[nth]) })),
    });
  }
  return results;
}

async function measureLinear(measurement: Measurement, condition: Condition): Promise<Linear> {
  const { subject, onProgress } = measurement;
  const spec = specOf(measurement, condition);
  const { train: trainScenes, test: testScenes } = LINEAR_SCENES;
  const collect = (count: number, from: number, perScene: number) =>
    inRuns(count, PER_RUN.scenes, (indices) =>
      collectSamples(
        subject,
        spec,
        PROBE_SEED,
        indices.map((index) => from + index),
        perScene,
      ),
    );
  const train = await collect(trainScenes, 0, spec.objects);
  const test = await collect(testScenes, trainScenes, 1);
  onProgress(0.5);
  const probes = fitProbes(spec, PROBE_SEED, train, test);
  onProgress(1);
  return {
    ...condition,
    split: 'test',
    seed: PROBE_SEED,
    objects: spec.objects,
    trainSamples: train.length,
    testSamples: test.length,
    ridge: RIDGE,
    probes,
  };
}

async function measureHeads(measurement: Measurement, condition: Condition): Promise<Heads> {
  const { subject, pairs, onProgress } = measurement;
  const spec = specOf(measurement, condition);
  const heads = headsOf(subject.probe);
  const half = (from: number) => (done: number) => {
    onProgress(from + done / 2);
  };
  const outcomes = await inRuns(
    pairs,
    PER_RUN.pairs,
    (indices) => sweepHeads(subject, spec, PROBE_SEED, indices),
    half(0),
  );
  const ablated = await perDistribution(
    { ...measurement, onProgress: half(0.5) },
    condition,
    pairs,
    heads,
    silenceAt,
  );
  return {
    ...condition,
    split: 'test',
    seed: PROBE_SEED,
    interchange: {
      objects: spec.objects,
      pairs,
      solved: outcomes.length,
      heads: summariseHeads(heads, outcomes),
    },
    ablation: ablated.map(({ lesions, ...rest }) => ({
      ...rest,
      heads: lesions.map(({ lesion, ...cost }) => ({ ...lesion, ...cost })),
    })),
  };
}
