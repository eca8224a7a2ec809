import { describe, expect, it } from 'vitest';
import { recipeSchema, type Recipe } from '../../contract/recipe.ts';
import type { TrainingQuestion } from '../../task/spec.ts';
import { advance, nextBatch, startProgress, type Progress } from '../../trainer/curriculum.ts';
import { SPECIAL_TOKENS } from '../../task/tokens.ts';
import { TINY } from '../support/training.ts';

const recipeOf = (questions: Partial<Record<TrainingQuestion, number>>): Recipe =>
  recipeSchema.parse({
    regime: 'tiny',
    description: 'For tests.',
    preset: 'tiny',
    model: { ...TINY, patchFeatures: 0 },
    vocabulary: { colours: 10, shapes: 10, items: 10 },
    grid: 6,
    scenesPerBatch: 4,
    questionsPerScene: 8,
    stages: [
      {
        name: 'text',
        steps: 100,
        learningRate: { peak: 1e-3, warmupSteps: 0, floor: 1 },
        objects: { from: 1, to: 4, start: 2, advanceAt: 0.8, endAt: 0.9 },
        mix: [{ share: 1, modality: 'text', order: 'shuffled', questions }],
      },
    ],
  });

/** A step with 300 answers to each question at the largest number of objects: the share that is correct. */
function step(
  recipe: Recipe,
  progress: Progress,
  correct: Partial<Record<TrainingQuestion, number>>,
) {
  const kinds = Object.keys(correct).flatMap((question) =>
    Array.from({ length: 300 }, () => ({
      modality: 'text' as const,
      question: question as TrainingQuestion,
      objects: progress.objects,
    })),
  );
  const hits = Object.values(correct).flatMap((share) =>
    Array.from({ length: 300 }, (_, place) => place < 300 * share),
  );
  return advance(recipe, progress, kinds, hits);
}

describe('The curriculum', () => {
  const hops = recipeOf({ hop: 1, association: 1 });

  it('adds an object when the worst question is mastered, not when the mean is', () => {
    const start = startProgress(hops, 0);
    expect(step(hops, start, { hop: 0.6, association: 1 }).objects).toBe(2);
    expect(step(hops, start, { hop: 0.85, association: 0.85 }).objects).toBe(3);
  });

  it('waits until every question was asked often enough', () => {
    const start = startProgress(hops, 0);
    const half = step(hops, start, { association: 1 });
    expect(half.objects).toBe(2);
    expect(step(hops, half, { hop: 1 }).objects).toBe(3);
  });

  it('judges by the task itself where it is asked', () => {
    const task = recipeOf({ indirect: 1, shape: 1 });
    expect(step(task, startProgress(task, 0), { indirect: 1, shape: 0 }).objects).toBe(3);
  });

  it('ends a stage early only at its largest number of objects', () => {
    const early = step(hops, startProgress(hops, 0), { hop: 1, association: 1 });
    expect(early.stage).toBe(0);
    const full = { ...startProgress(hops, 0), objects: 4 };
    expect(step(hops, full, { hop: 0.89, association: 1 }).stage).toBe(0);
    expect(step(hops, full, { hop: 0.95, association: 0.95 }).stage).toBe(1);
  });

  it('asks about few objects in several ways, never twice the same', async () => {
    const { kinds, batch } = await nextBatch(hops, startProgress(hops, 0));
    expect(batch.targets).toHaveLength(kinds.length);
    // A question is its last two tokens: what is asked, and about what.
    const questions = Array.from(batch.answerIndex, (at) =>
      [Math.floor(at / batch.length), batch.tokens[at - 1], batch.tokens[at]].join(),
    );
    expect(new Set(questions).size).toBe(questions.length);
    // One or two objects, two questions each.
    const inRow = (row: number) => questions.filter((one) => one.startsWith(`${row},`)).length;
    const counts = Array.from({ length: batch.rows }, (_, row) => inRow(row));
    expect(counts.filter((count) => count === 2 || count === 4)).toHaveLength(batch.rows);
  });

  it('gives the same batch for the same progress, and another for the next', async () => {
    const start = startProgress(hops, 5);
    const [one, again] = [await nextBatch(hops, start), await nextBatch(hops, start)];
    expect(again).toEqual(one);
    const next = await nextBatch(hops, step(hops, start, { hop: 0 }));
    expect(next.batch.tokens).not.toEqual(one.batch.tokens);
  });

  it('adds every next token of the text to the targets, where the loss is over the sequence', async () => {
    const answersOnly = recipeOf({ indirect: 1 });
    const start = startProgress(answersOnly, 3);
    const one = await nextBatch(answersOnly, start);
    const { batch, kinds } = await nextBatch({ ...answersOnly, loss: 'sequence' }, start);
    // The answers come first, as they do without it: accuracies and progress depend on them only.
    expect(kinds).toEqual(one.kinds);
    expect([...batch.targets.subarray(0, kinds.length)]).toEqual([...one.batch.targets]);
    expect(batch.tokens).toEqual(one.batch.tokens);

    const { PAD, QUE } = SPECIAL_TOKENS;
    const added = Array.from(
      batch.answerIndex,
      (at, nth) => [at, batch.targets[nth]] as const,
    ).slice(kinds.length);
    const text = [...batch.tokens].filter((token) => token !== PAD).length;
    const later = kinds.length - batch.rows;
    // Every token but the first of a row and the marker of each question after the first of its row.
    expect(added).toHaveLength(text - batch.rows - later);
    expect(new Set(added.map(([at]) => at)).size).toBe(added.length);
    for (const [at, target] of added) expect(target).toBe(batch.tokens[at + 1]);
    expect(added.filter(([, target]) => target === QUE)).toHaveLength(batch.rows);
  });
});
