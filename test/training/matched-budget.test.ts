import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recipeSchema, type Recipe } from '../../contract/recipe.ts';
import { matchBudget } from '../../trainer/matched-budget.ts';
import { CHECKPOINT_FILE, loadCheckpoint } from '../../trainer/checkpoint.ts';
import {
  advance,
  isFinished,
  nextBatch,
  stageOf,
  startProgress,
  type Progress,
} from '../../trainer/curriculum.ts';
import { ENGINES } from '../../trainer/engines/index.ts';
import { buildRecipe } from '../../trainer/regimes/index.ts';
import { train } from '../../trainer/train.ts';
import { TINY_RECIPE } from '../support/training.ts';

const stage = stageOf(TINY_RECIPE, { stage: 0 });
const TEXT = { ...stage.mix[0], questions: { indirect: 2, shape: 1 } };
/** Text whose scenes have 2, 4, 6 or 8 answers. */
const CONTROL: Recipe = recipeSchema.parse({
  ...TINY_RECIPE,
  regime: 'control',
  matchBudgetOf: 'longer',
  questionsPerScene: 8,
  stages: [{ ...stage, objects: { from: 1, to: 6, start: 6, advanceAt: 0 }, mix: [TEXT] }],
});

/** Runs a curriculum without a model. */
async function drawAll(source: Recipe) {
  const batches: number[][] = [];
  let progress: Progress = startProgress(source, 3);
  while (!isFinished(source, progress)) {
    const { kinds } = await nextBatch(source, progress);
    batches.push(kinds.map(({ objects }) => objects));
    progress = advance(source, progress, kinds, []);
  }
  return { progress, batches };
}

const lasting = (steps: number, answers?: number): Recipe =>
  recipeSchema.parse({
    ...CONTROL,
    stages: [{ ...stageOf(CONTROL, { stage: 0 }), steps, answers }],
  });

describe('A stage with a number of answers', () => {
  it.each([
    [50, 51 * 4 + 7],
    [33, 33 * 14],
    [40, 40 * 17 + 1],
    [20, 20 * 24],
    [7, 7 * 4],
  ])('of %i steps has %i of them, spread evenly', async (steps, answers) => {
    const { progress, batches } = await drawAll(lasting(steps, answers));
    expect(progress).toMatchObject({ step: steps, answers });
    const each = batches.map((kinds) => kinds.length);
    expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(1);
    for (const objects of batches.flat()) expect(objects).toBeLessThanOrEqual(6);
  });

  it('has the scenes it would have anyway where those have as many answers', async () => {
    const usual = await drawAll(lasting(400));
    const bound = await drawAll(lasting(400, usual.progress.answers));
    const share = (batches: number[][], objects: number) =>
      batches.flat().filter((one) => one === objects).length / batches.flat().length;
    for (let objects = 1; objects <= 6; objects++) {
      expect(share(bound.batches, objects)).toBeCloseTo(share(usual.batches, objects), 1);
    }
  });
});

describe('A recipe with the budget of another', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bindscope-'));
  const run = async (recipe: Recipe, options: { from?: string; stopAfter?: number } = {}) => {
    const directory = join(folder, recipe.regime);
    const command = `npm run train -- --regime ${recipe.regime}`;
    await train({
      recipe,
      seed: 3,
      directory,
      provenance: { command, commit: 'c', engine: 'e' },
      engine: ENGINES.ort,
      engineOptions: {},
      ...options,
    });
    return join(directory, CHECKPOINT_FILE);
  };

  it('ends with as many steps and answers, including those of the parent', async () => {
    const parent = await run({ ...TINY_RECIPE, regime: 'parent' });
    const longer = recipeSchema.parse({ ...TINY_RECIPE, regime: 'longer', from: 'parent' });
    const half = loadCheckpoint(await run(longer, { from: parent, stopAfter: 40 }));
    expect(() => matchBudget(CONTROL, 3, half, loadCheckpoint(parent))).toThrow(
      'control has the budget of longer, whose run is not finished; finish it with: npm run train',
    );

    const model = loadCheckpoint(await run(longer, { from: parent }));
    const matched = matchBudget(CONTROL, 3, model, loadCheckpoint(parent));
    await run(matched, { from: parent, stopAfter: 7 });
    const { progress, lineage } = loadCheckpoint(await run(matched, { from: parent }));
    expect(progress.step).toBe(model.progress.step);
    expect(progress.answers).toBe(model.progress.answers);
    expect(lineage).toHaveLength(1);

    const alone = matchBudget(CONTROL, 3, model);
    expect(stageOf(alone, { stage: 0 }).steps).toBe(60 + model.progress.step);
  });

  it('is refused where nothing is left, or its scenes cannot have so many answers', () => {
    const model = loadCheckpoint(join(folder, 'longer', CHECKPOINT_FILE));
    expect(() => matchBudget(CONTROL, 3, model, model)).toThrow(
      'control cannot have the budget of longer: its one stage would have 0 steps',
    );
    expect(() =>
      matchBudget({ ...CONTROL, scenesPerBatch: 1, questionsPerScene: 3 }, 3, model),
    ).toThrow(/would have 120 steps, and \d{3,} answers where 120 to 360 are possible/);
  });

  it('is refused of another run than the recipe names', () => {
    const model = loadCheckpoint(join(folder, 'longer', CHECKPOINT_FILE));
    expect(() => matchBudget(CONTROL, 4, model)).toThrow(
      'control has the budget of longer at tiny size with seed 4, not that of longer at tiny size with seed 3',
    );
    const other = { ...model, recipe: { ...model.recipe, regime: 'another' } };
    expect(() => matchBudget(CONTROL, 3, other)).toThrow('not that of another at tiny size');
  });

  it('is what text-only-long is: of the visual recipe with the most steps', () => {
    const most = (name: Parameters<typeof buildRecipe>[0]): number => {
      const { stages, from } = buildRecipe(name, 'pocket');
      const own = stages.reduce((sum, { steps }) => sum + steps, 0);
      return own + (from ? most(from as typeof name) : 0);
    };
    const { matchBudgetOf } = buildRecipe('text-only-long', 'pocket');
    expect(matchBudgetOf).toBe('noise-image-text');
    expect(most('text-only-long')).toBe(most('noise-image-text'));
    expect(most('noise-image-text')).toBeGreaterThan(most('image-text'));
  });
});
