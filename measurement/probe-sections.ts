import type { AttributionSection } from '../contract/attribution-section.ts';
import { type Knockout } from '../contract/knockout-section.ts';
import {
  ABLATIONS,
  type Heads,
  type ItemInterchange,
  type Linear,
  type Probes,
  type ProbeSection,
  type TokenInterchange,
} from '../contract/probes.ts';
import { attributeQueries, summariseAttributions } from '../probes/attribution-shares.ts';
import {
  headsOf,
  meanAblation,
  meanHeadOutputs,
  zeroAblation,
  summariseHeads,
  sweepHeads,
} from '../probes/heads.ts';
import { mapBatches } from '../probes/map-batches.ts';
import { summariseItems, sweepItems } from '../probes/items.ts';
import { attentionCuts, windowedCuts, causalEdges } from '../probes/knockout.ts';
import { collectSamples, fitProbes, RIDGE } from '../probes/linear.ts';
import { summariseTokens, sweepTokens } from '../probes/tokens.ts';
import { accuracyOf } from '../statistics/intervals.ts';
import { packPrompt } from '../task/prompt.ts';
import { generateScene } from '../task/scene.ts';
import type { QuerySpec } from '../task/spec.ts';
import { conditionsOf, type Condition } from '../task/conditions.ts';
import { measureInterchange, measureMixture } from './interchange-sections.ts';
import {
  PER_RUN,
  ablateByDistribution,
  PROBE_SEED,
  specOf,
  type Measurement,
} from './probe-plan.ts';

/** Layers that a knockout cuts together: the next layer often compensates for a single one. */
const KNOCKOUT_WINDOW = 2;

/** Scenes of the linear probes: for training all their objects, for testing one object each. */
const LINEAR_SCENES = { train: 512, test: 1024 } as const;

/** Scenes whose mean replaces a head's output, and the index of the first, beyond all other scenes. */
const MEAN_SCENES = 128;
const MEAN_FROM = 2 ** 31;

/** As in training, and as on the first view of the front page. */
const ATTRIBUTION_DISTRIBUTIONS = [
  { distribution: 'id', objects: 8 },
  { distribution: 'ood', objects: 12 },
] as const;

/** How each section is measured. */
export const MEASURE: {
  readonly [S in ProbeSection]: (measurement: Measurement) => Promise<NonNullable<Probes[S]>>;
} = {
  interchange: (measurement) => perCondition(measurement, measureInterchange),
  tokens: (measurement) => perCondition(measurement, measureTokens),
  items: (measurement) => perCondition(measurement, measureItems),
  knockout: (measurement) => perCondition(measurement, measureKnockout),
  linear: (measurement) => perCondition(measurement, measureLinear),
  heads: (measurement) => perCondition(measurement, measureHeads),
  attribution: (measurement) => perCondition(measurement, measureAttribution),
  mixture: (measurement) => perCondition(measurement, measureMixture),
};

/** Measures a section under all conditions of the model. */
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

const measureTokens = (measurement: Measurement, condition: Condition): Promise<TokenInterchange> =>
  measureGroups(measurement, condition, PER_RUN.tokenPairs, sweepTokens, summariseTokens);

const measureItems = (measurement: Measurement, condition: Condition): Promise<ItemInterchange> => {
  const { layers } = measurement.subject.probe.shape;
  return measureGroups(measurement, condition, PER_RUN.pairs, sweepItems, (outcomes) =>
    summariseItems(outcomes, layers),
  );
};

/**
 * Interchange at groups of tokens. Every patch needs a row of its own: a quarter of the pairs gives shares to
 * a few percent.
 */
async function measureGroups<Outcome, Group>(
  measurement: Measurement,
  condition: Condition,
  perRun: number,
  sweep: (
    subject: Measurement['subject'],
    spec: ReturnType<typeof specOf>,
    seed: number,
    indices: readonly number[],
  ) => Promise<Outcome[]>,
  summariseGroups: (outcomes: readonly Outcome[]) => Group[],
) {
  const { subject, onProgress } = measurement;
  const spec = specOf(measurement, condition);
  const pairs = Math.ceil(measurement.pairs / 4);
  const outcomes = await mapBatches(
    pairs,
    perRun,
    (indices) => sweep(subject, spec, PROBE_SEED, indices),
    onProgress,
  );
  return {
    ...condition,
    split: 'test' as const,
    seed: PROBE_SEED,
    objects: spec.objects,
    pairs,
    solved: outcomes.length,
    groups: summariseGroups(outcomes),
  };
}

async function measureKnockout(measurement: Measurement, condition: Condition): Promise<Knockout> {
  const { subject } = measurement;
  const spec = specOf(measurement, condition);
  const example = generateScene(spec, PROBE_SEED, 0);
  const prompt = packPrompt(example, spec.modality, spec.grid, [
    { question: 'indirect', object: 0 },
  ]);
  const cuts = windowedCuts(causalEdges(prompt), subject.probe.shape.layers, KNOCKOUT_WINDOW);
  const queries = Math.ceil(measurement.pairs / 4);
  const results = await ablateByDistribution(
    measurement,
    condition,
    queries,
    cuts,
    () => attentionCuts,
  );
  return {
    ...condition,
    split: 'test',
    seed: PROBE_SEED,
    window: KNOCKOUT_WINDOW,
    distributions: results.map(({ effects, ...rest }) => ({
      ...rest,
      edges: effects.map(({ ablation: { from, to, layers }, ...effect }) => ({
        from,
        to,
        layers: [layers[0], layers[1]],
        ...effect,
      })),
    })),
  };
}

async function measureLinear(measurement: Measurement, condition: Condition): Promise<Linear> {
  const { subject, onProgress } = measurement;
  const spec = specOf(measurement, condition);
  const { train: trainScenes, test: testScenes } = LINEAR_SCENES;
  const collect = (count: number, from: number, questionsPerScene: number) =>
    mapBatches(count, PER_RUN.scenes, (indices) =>
      collectSamples(
        subject,
        spec,
        PROBE_SEED,
        indices.map((index) => from + index),
        questionsPerScene,
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
  const third = (from: number) => (done: number) => {
    onProgress((from + done) / 3);
  };
  const outcomes = await mapBatches(
    pairs,
    PER_RUN.pairs,
    (indices) => sweepHeads(subject, spec, PROBE_SEED, indices),
    third(0),
  );
  const reference = Array.from({ length: MEAN_SCENES }, (_, index) => MEAN_FROM + index);
  const interventionsFor = {
    zero: () => zeroAblation,
    mean: async (at: QuerySpec) =>
      meanAblation(await meanHeadOutputs(subject, at, PROBE_SEED, reference)),
  };
  const ablation: Heads['ablation'] = [];
  for (const [index, kind] of ABLATIONS.entries()) {
    const results = await ablateByDistribution(
      { ...measurement, onProgress: third(1 + index) },
      condition,
      pairs,
      heads,
      interventionsFor[kind],
    );
    ablation.push(
      ...results.map(({ effects, ...rest }) => ({
        kind,
        ...rest,
        heads: effects.map(({ ablation: head, ...effect }) => ({ ...head, ...effect })),
      })),
    );
  }
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
    ablation,
  };
}

async function measureAttribution(
  measurement: Measurement,
  condition: Condition,
): Promise<AttributionSection> {
  const { subject, pairs: queries, onProgress } = measurement;
  const distributions: AttributionSection['distributions'] = [];
  for (const [index, { distribution, objects }] of ATTRIBUTION_DISTRIBUTIONS.entries()) {
    const spec = specOf(measurement, condition, objects);
    const attributions = await mapBatches(
      queries,
      PER_RUN.scenes,
      (indices) => attributeQueries(subject, spec, PROBE_SEED, indices),
      (done) => {
        onProgress((index + done) / ATTRIBUTION_DISTRIBUTIONS.length);
      },
    );
    distributions.push({
      distribution,
      objects,
      queries,
      baseline: accuracyOf(attributions.map(({ correct }) => correct)),
      ...summariseAttributions(attributions),
    });
  }
  return { ...condition, split: 'test', seed: PROBE_SEED, distributions };
}
