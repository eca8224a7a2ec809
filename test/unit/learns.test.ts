import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recipeSchema } from '../../contract/recipe.ts';
import { ENGINES } from '../../trainer/engines/index.ts';
import { METRICS_FILE, readMetrics, train } from '../../trainer/train.ts';

/** One hop on text, in a model and a vocabulary so small that a minute is enough. */
const MINIATURE = recipeSchema.parse({
  regime: 'miniature',
  description: 'For tests.',
  preset: 'miniature',
  model: {
    layers: 3,
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
  stages: [
    {
      name: 'text',
      steps: 1500,
      learningRate: { peak: 4e-3, warmupSteps: 50, floor: 0.2 },
      objects: { from: 2, to: 4, start: 2, advanceAt: 0.9, endAt: 0.95 },
      mix: [
        {
          share: 1,
          modality: 'text',
          order: 'shuffled',
          questions: { association: 1, shape: 1 },
        },
      ],
    },
  ],
});

describe('Training from nothing', () => {
  it('learns one hop far beyond guessing, on scenes that it has never seen', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'bindscope-'));
    await train({
      recipe: MINIATURE,
      seed: 0,
      directory,
      provenance: { command: 'test', commit: 'test', engine: 'ort' },
      engine: ENGINES.ort,
      engineOptions: {},
    });
    const metrics = readMetrics(join(directory, METRICS_FILE));
    const { accuracy, objects } = metrics[metrics.length - 1];
    expect(objects).toBe(4);
    // Guessing among four is right once in four times. Training scenes are fresh in every step.
    expect(accuracy['text.association']).toBeGreaterThan(0.85);
    expect(accuracy['text.shape']).toBeGreaterThan(0.85);
  }, 300_000);
});
