import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recipeSchema } from '../../contract/recipe.ts';
import { ENGINES } from '../../trainer/engines/index.ts';
import { METRICS_FILE, readMetrics } from '../../trainer/metrics.ts';
import { train } from '../../trainer/train.ts';

const stage = (name: string, questions: object) => ({
  name,
  steps: 1500,
  learningRate: { peak: 3e-3, warmupSteps: 50, floor: 0.5 },
  objects: { from: 2, to: 4, start: 2, advanceAt: 0.9, endAt: 0.95 },
  mix: [{ share: 1, modality: 'text', order: 'shuffled', questions }],
});

/** The task itself on text, in a model and a vocabulary so small that a minute is enough. */
const MINIATURE = recipeSchema.parse({
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
    stage('hops', { hop: 1, association: 1 }),
    stage('task', { indirect: 3, association: 1, shape: 1 }),
  ],
});

describe('Training from nothing', () => {
  it('learns both hops and then the task, on scenes that it has never seen', async () => {
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
    const [first, last] = [metrics[0], metrics.at(-1)];
    expect(last?.objects).toBe(4);
    expect(last?.accuracy['text.association']).toBeGreaterThan(0.85);
    expect(last?.accuracy['text.shape']).toBeGreaterThan(0.85);
    // Associations are shuffled: a guess among four objects is correct one time in four.
    expect(last?.validation?.['text.4']).toBeGreaterThan(0.75);
    expect(first?.accuracy['text.hop']).toBeLessThan(0.7);
  });
});
