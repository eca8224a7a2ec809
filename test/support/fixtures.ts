import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelCard } from '../../contract/card.ts';
import type { Probes } from '../../contract/probes.ts';
import { recipeSchema, type ModelConfig } from '../../contract/recipe.ts';
import { ROOT } from './paths.ts';
import { proportion } from '../../statistics/proportions.ts';
import { FULL_VOCABULARY, LIMITS, type Modality } from '../../task/spec.ts';
import { openFrozenEncoder } from '../../trainer/encoders/index.ts';
import { RANDOM_FEATURES } from '../../trainer/encoders/random.ts';
import { describeFile, inferenceModel, probeFile } from '../../trainer/model-file.ts';
import { initialParameters, parameterCount } from '../../trainer/model.ts';
import { MEASURE } from '../../measurement/probe-sections.ts';
import { openSubject } from '../../trainer/probe-subject.ts';

/**
 * Untrained models: small, made in a second, and as wrong as chance, which tests do not mind. Of the one
 * that reads text, interchange was measured; of the other one nothing.
 */
export const FIXTURES = { text: 'fixture-text', seeing: 'fixture-seeing' } as const;

const CONFIG: ModelConfig = {
  layers: 2,
  width: 32,
  heads: 2,
  ropeBase: 100,
  absolutePositions: 192,
  patchFeatures: RANDOM_FEATURES,
  embeddingStd: 0.5,
};

/** Writes the fixtures as `models/` has them: an index, and a folder of card and files for each. */
export async function writeFixtures(directory: string): Promise<void> {
  await writeFixture(directory, FIXTURES.text, ['text'], 1);
  await writeFixture(directory, FIXTURES.seeing, ['text', 'image'], 2);
  const index = { schema: 1, models: Object.values(FIXTURES) };
  writeFileSync(join(directory, 'index.json'), JSON.stringify(index));
  await probeFixture(directory, FIXTURES.text);
}

/** One section alone, of few pairs: results that are still being made. */
async function probeFixture(directory: string, id: string): Promise<void> {
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

async function writeFixture(
  directory: string,
  id: string,
  modalities: [Modality, ...Modality[]],
  seed: number,
): Promise<void> {
  const sees = modalities.includes('image');
  const config = { ...CONFIG, patchFeatures: sees ? CONFIG.patchFeatures : 0 };
  const theta = initialParameters(config, seed);
  // One is stored in half precision, so that whatever serves models meets such a file.
  const weights = sees ? 'float16' : 'float32';
  const { model, weightsOffset } = inferenceModel(config, config, theta, weights);
  const probe = probeFile(config, weights);
  const eyes = sees ? await openFrozenEncoder('random', `${ROOT}models`) : undefined;
  const encoder = eyes?.file;
  const card: ModelCard = {
    schema: 1,
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
      model: { ...describeFile('model.onnx', model), weightsOffset, weights },
      encoder: encoder ? describeFile('encoder.onnx', encoder) : null,
      probe: describeFile('probe.onnx', probe),
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
  writeFileSync(join(folder, 'probe.onnx'), probe);
  if (encoder) writeFileSync(join(folder, 'encoder.onnx'), encoder);
  writeFileSync(join(folder, 'card.json'), JSON.stringify(card));
}

/** A made-up course of training: two stages, and the mechanism read once. */
const CURVE: ModelCard['curve'] = [
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

/** Made-up results, so that whatever shows results has some to show. */
function evaluation(seed: number): ModelCard['evaluation']['results'][number] {
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
