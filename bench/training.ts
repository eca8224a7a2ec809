import { nextBatch, startProgress } from '../trainer/curriculum.ts';
import { freshState } from '../trainer/engines/engine.ts';
import { ENGINES, type EngineName } from '../trainer/engines/index.ts';
import { initialParameters } from '../trainer/model.ts';
import { recipe as recipeOf } from '../trainer/recipes/index.ts';
import type { ModelConfig } from '../contract/recipe.ts';
import { median, type Row } from './report.ts';

/** Training throughput of the engines on the pocket model, one thread. */
export async function benchTraining(): Promise<Row[]> {
  // Plain JavaScript needs minutes for a full batch: it gets a small one, and a rate.
  const ort = await rateOf('ort', 64, 12);
  const cpu = await rateOf('tfjs-cpu', 1, 2);
  return [
    { what: 'training, ort', value: `${ort.toFixed(1)} GFLOP/s` },
    { what: 'training, tfjs-cpu', value: `${cpu.toFixed(2)} GFLOP/s` },
    { what: 'training, ort / tfjs-cpu', value: `${(ort / cpu).toFixed(0)} x` },
  ];
}

async function rateOf(name: EngineName, scenesPerBatch: number, steps: number): Promise<number> {
  const recipe = { ...recipeOf('text-only', 'pocket'), scenesPerBatch };
  const progress = { ...startProgress(recipe, 0), objects: 8 };
  const { batch } = await nextBatch(recipe, progress);
  const state = freshState(initialParameters(recipe.model, 0));
  const engine = await ENGINES[name](recipe.model, state, { threads: 1 });
  const rates: number[] = [];
  // The first step opens the session and compiles; it is not counted.
  for (let step = 0; step <= steps; step++) {
    const began = performance.now();
    await engine.step(batch, 1e-4, step + 1);
    const seconds = (performance.now() - began) / 1000;
    if (step > 0) rates.push(stepFlops(recipe.model, batch.rows, batch.length) / seconds / 1e9);
  }
  await engine.dispose();
  return median(rates);
}

/**
 * Floating-point operations of one training step: 2 per multiply-add, forward once and backward
 * twice, matrix products of the blocks only.
 */
function stepFlops({ layers, width }: ModelConfig, rows: number, length: number): number {
  const tokens = rows * length;
  const linear = 2 * tokens * 12 * width ** 2;
  const attention = 2 * 2 * tokens * length * width;
  return 3 * layers * (linear + attention);
}
