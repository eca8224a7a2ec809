import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainedCard } from '../contract/card.ts';
import type { Probes } from '../contract/probes.ts';
import { recipeSchema, type ModelConfig } from '../contract/recipe.ts';
import { ROOT } from '../build/paths.ts';
import { proportion } from '../statistics/intervals.ts';
import { FULL_VOCABULARY, LIMITS, type Modality } from '../task/spec.ts';
import { openFrozenEncoder } from '../measurement/encoders/index.ts';
import { RANDOM_FEATURES } from '../trainer/encoders/random.ts';
import { describeFile, inferenceModel } from '../trainer/model-file.ts';
import { initialParameters, parameterCount } from '../trainer/model/index.ts';
import { MEASURE } from '../measurement/probe-sections.ts';
import { openSubject } from '../measurement/probe-subject.ts';

const CONFIG: ModelConfig = {
  layers: 2,
  width: 32,
  heads: 2,
  ropeBase: 100,
  absolutePositions: 192,
  patchFeatures: RANDOM_FEATURES,
  embeddingStd: 0.5,
};

/**
 * Writes the miniature models to a folder, laid out as `models/`.
 *
 * @param ids of the one that reads text, and the one that sees, too
 */
export async function writeMiniatureModels(
  directory: string,
  ids: { readonly text: string; readonly seeing: string },
): Promise<void> {
  await writeModel(directory, ids.text, ['text'], 1);
  await writeModel(directory, ids.seeing, ['text', 'image'], 2);
  const index = { schema: 1, models: [ids.text, ids.seeing] };
  writeFileSync(join(directory, 'index.json'), JSON.stringify(index));
  await writeProbes(directory, ids.text);
}

/** One section, measured on few pairs. */
async function writeProbes(directory: string, id: string): Promise<void> {
  const { card, digest, subject } = await openSubject(directory, id);
  const measurement = { subject, card, pairs: 4, onProgress: () => undefined };
  const probes: Probes = {
    schema: 1,
    model: id,
    digest,
    code: { interchange: 'none' },
    interchange: await MEASURE.interchange(measurement),
  };
  writeFileSync(join(directory, id, 'probes.json'), JSON.stringify(probes));
}

async function writeModel(
  directory: string,
  id: string,
  modalities: [Modality, ...Modality[]],
  seed: number,
): Promise<void> {
  const sees = modalities.includes('image');
  const config = { ...CONFIG, patchFeatures: sees ? CONFIG.patchFeatures : 0 };
  const theta = initialParameters(config, seed);
  // The model that sees is stored in half precision, so that both formats are served in tests.
  const weights = sees ? 'float16' : 'float32';
  const model = inferenceModel(config, config, theta, weights);
  const eyes = sees ? await openFrozenEncoder('random', `${ROOT}models`) : undefined;
  const encoder = eyes?.file;
  const card: TrainedCard = {
    schema: 1,
    kind: 'trained',
    id,
    seed,
    modalities,
    recipe: recipeSchema.parse({
      regime: 'untrained',
      description: 'Random weights, for tests. Knows nothing.',
      preset: 'fixture',
      model: CONFIG,
      ...(eyes && { encoder: eyes.identity }),
      vocabulary: FULL_VOCABULARY,
      grid: 6,
      scenesPerBatch: 1,
      questionsPerScene: 8,
      stages: [
        {
          name: 'none',
          steps: 1,
          learningRate: { peak: 1, warmupSteps: 0, floor: 0 },
          objects: { from: 2, to: 8, start: 2, advanceAt: 1 },
          mix: [{ share: 1, modality: 'text', order: 'context', questions: { indirect: 1 } }],
        },
      ],
    }),
    parameters: parameterCount(config),
    training: {
      command: 'none',
      commit: 'none',
      engine: 'none',
      steps: 0,
      answers: 0,
      seconds: 0,
      lineage: [],
    },
    files: {
      model: { ...describeFile('model.onnx', model), weights },
      encoder: encoder ? describeFile('encoder.onnx', encoder) : null,
    },
    evaluation: {
      split: 'test',
      seed: 0,
      queriesPerCount: 100,
      results: [evaluation(seed)],
    },
    curve: CURVE,
    validation: { split: 'validation', queriesPerCount: 96, pairs: 64 },
  };
  const folder = join(directory, id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.onnx'), model);
  if (encoder) writeFileSync(join(folder, 'encoder.onnx'), encoder);
  writeFileSync(join(folder, 'card.json'), JSON.stringify(card));
}

/** An invented training curve: two stages, and one measurement of the mechanism. */
const CURVE: TrainedCard['curve'] = [
  { step: 100, stage: 'first', loss: 3, objects: 2, accuracy: {} },
  {
    step: 200,
    stage: 'second',
    loss: 1,
    objects: 8,
    accuracy: {},
    validation: { 'text.8': 0.5, 'text.9': 0.25, 'text.12': 0.75 },
    mechanism: { text: { layer: 1, positional: 0.25, symbolic: 0.5, solved: 32 } },
  },
];

/** Invented results, for pages and figures that show results. */
function evaluation(seed: number): TrainedCard['evaluation']['results'][number] {
  const right = (objects: number) => (objects <= LIMITS.inDistribution ? 99 : 10 * seed);
  const byObjects = [2, 4, 8, 12, 16].map((objects) => ({
    objects,
    ...proportion(right(objects), 100),
  }));
  return {
    modality: 'text',
    order: 'context',
    byObjects,
    id: proportion(297, 300),
    ood: proportion(20 * seed, 200),
  };
}
