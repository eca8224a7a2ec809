import { assembleBatch, type Batch } from '../../task/batch.ts';
import { packPrompt } from '../../task/prompt.ts';
import { generateScene } from '../../task/scene.ts';
import { parseSpec, type Modality } from '../../task/spec.ts';
import { recipeSchema, type ModelConfig, type Recipe } from '../../contract/recipe.ts';

/** A model small enough for the plain JavaScript engine. */
export const TINY: ModelConfig = {
  layers: 2,
  width: 16,
  heads: 2,
  ropeBase: 100,
  absolutePositions: 256,
  patchFeatures: 12,
  embeddingStd: 0.5,
};

/** Two short stages on text, with objects growing and noise on: all that a resumed run must restore. */
export const TINY_RECIPE: Recipe = recipeSchema.parse({
  regime: 'tiny',
  description: 'For tests.',
  preset: 'tiny',
  model: { ...TINY, patchFeatures: 0 },
  vocabulary: { colours: 10, shapes: 10, items: 32 },
  grid: 6,
  scenesPerBatch: 4,
  questionsPerScene: 4,
  stages: ['one', 'two'].map((name) => ({
    name,
    steps: 30,
    learningRate: { peak: 3e-3, warmupSteps: 5, floor: 0.1 },
    objects: { from: 1, to: 4, start: 1, advanceAt: 0 },
    mix: [
      {
        share: 1,
        modality: 'text',
        order: 'shuffled',
        maxPositionGaps: 20,
        questions: { indirect: 1 },
      },
    ],
  })),
});

const miniatureStage = (name: string, questions: object) => ({
  name,
  steps: 1500,
  learningRate: { peak: 3e-3, warmupSteps: 50, floor: 0.5 },
  objects: { from: 2, to: 4, start: 2, advanceAt: 0.9, endAt: 0.95 },
  mix: [{ share: 1, modality: 'text', order: 'shuffled', questions }],
});

/** The task itself on text, in a model and a vocabulary so small that a minute is enough. */
export const MINIATURE = recipeSchema.parse({
  regime: 'miniature',
  description: 'For tests.',
  preset: 'miniature',
  model: {
    layers: 4,
    width: 32,
    heads: 2,
    ropeBase: 100,
    absolutePositions: 0,
    patchFeatures: 0,
    embeddingStd: 0.5,
  },
  vocabulary: { colours: 12, shapes: 12, items: 12 },
  grid: 4,
  scenesPerBatch: 32,
  questionsPerScene: 8,
  contextMaskProbability: 0.5,
  stages: [
    miniatureStage('hops', { hop: 1, association: 1 }),
    miniatureStage('task', { indirect: 3, association: 1, shape: 1 }),
  ],
});

/** A batch of packed training scenes; pictures get arbitrary but fixed features. */
export function sampleBatch(
  rows: number,
  objects: number,
  seed: number,
  modality: Modality,
): Batch {
  const spec = parseSpec({ split: 'train', modality, objects, grid: 3, order: 'shuffled' });
  return assembleBatch(
    Array.from({ length: rows }, (_, index) => {
      const scene = generateScene(spec, seed, index);
      const asks = scene.asked.map((object) => ({ question: 'indirect' as const, object }));
      const prompt = packPrompt(scene, modality, spec.grid, asks);
      const features = Float32Array.from({ length: prompt.patches * TINY.patchFeatures }, (_, i) =>
        Math.sin(i + index),
      );
      return modality === 'text' ? { prompt } : { prompt, features };
    }),
    TINY.patchFeatures,
  );
}

/** Largest absolute difference, relative to the largest value. */
export function relativeError(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Infinity;
  let difference = 0;
  let scale = 0;
  expected.forEach((value, place) => {
    difference = Math.max(difference, Math.abs(value - (actual[place] ?? NaN)));
    scale = Math.max(scale, Math.abs(value));
  });
  return difference / scale;
}
