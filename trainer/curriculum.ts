import { z } from 'zod';
import { assembleBatch, type Batch, type BatchRow } from '../task/batch.ts';
import { packPrompt, type SceneQuestion } from '../task/prompt.ts';
import { RandomStream } from '../task/random.ts';
import { drawGaps, generateScene } from '../task/scene.ts';
import {
  TRAINING_QUESTIONS,
  type Modality,
  type TrainingQuestion,
  type Vocabulary,
} from '../task/spec.ts';
import type { Recipe, Stage, Stream } from '../contract/recipe.ts';
import type { PatchEncoder } from '../inference/patch-encoder.ts';
import { withNextTokens } from './sequence-loss.ts';

/** How far a run is in its curriculum: its whole state besides the optimiser's vectors. */
export const progressSchema = z.object({
  seed: z.number().int(),
  stage: z.number().int(),
  stepInStage: z.number().int(),
  /** Optimiser steps of this run. */
  step: z.number().int(),
  /** Scenes drawn so far, including those of the runs it started from: none is drawn twice. */
  scenes: z.number().int(),
  /** Answers that this run has been trained on so far. */
  answers: z.number().int(),
  /** The largest number of objects at present. */
  objects: z.number().int(),
  /** Correct and all answers at the largest number of objects since the last decision, by question. */
  window: z.partialRecord(
    z.enum(TRAINING_QUESTIONS),
    z.object({ right: z.number().int(), all: z.number().int() }),
  ),
});
export type Progress = z.infer<typeof progressSchema>;

export function startProgress(recipe: Recipe, seed: number, scenesBefore = 0): Progress {
  return {
    seed,
    stage: 0,
    stepInStage: 0,
    step: 0,
    scenes: scenesBefore,
    answers: 0,
    objects: stageOf(recipe, { stage: 0 }).objects.start,
    window: {},
  };
}

/** Linear warm-up, then cosine decay from the peak to the floor over the stage. */
export function learningRate(stage: Stage, stepInStage: number): number {
  const { peak, warmupSteps, floor } = stage.learningRate;
  if (stepInStage < warmupSteps) return (peak * (stepInStage + 1)) / warmupSteps;
  const done = (stepInStage - warmupSteps) / Math.max(1, stage.steps - warmupSteps);
  return peak * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * done)));
}

/** @throws RangeError when the curriculum is finished */
export function stageOf({ stages }: Recipe, { stage }: Pick<Progress, 'stage'>): Stage {
  const found = stages[stage];
  if (!found) throw new RangeError(`the recipe has ${stages.length} stages, and no stage ${stage}`);
  return found;
}

/** What scenes are drawn from at this point of the curriculum. */
export function vocabularyOf(recipe: Recipe, { stage }: Pick<Progress, 'stage'>): Vocabulary {
  return recipe.stages[stage]?.vocabulary ?? recipe.vocabulary;
}

/** What was asked at an answer of a batch: accuracies are counted by it. */
export interface AnswerKind {
  readonly modality: Modality;
  readonly question: TrainingQuestion;
  readonly objects: number;
}

export interface TrainingBatch {
  readonly batch: Batch;
  /** Of the answers to questions, which come before all other targets of the batch. */
  readonly kinds: readonly AnswerKind[];
}

/** The batch that comes next: a pure function of recipe and progress. */
export async function nextBatch(
  recipe: Recipe,
  progress: Progress,
  encoder?: PatchEncoder,
): Promise<TrainingBatch> {
  const stage = stageOf(recipe, progress);
  const draw = new RandomStream([0x57a9e, progress.seed, progress.scenes, 2]);
  const stream = draw.weighted(stage.mix, (candidate) => candidate.share);
  const vocabulary = vocabularyOf(recipe, progress);
  const kinds: AnswerKind[] = [];
  const rows: BatchRow[] = [];
  const ways = Object.keys(stream.questions).length;
  for (let row = 0; row < recipe.scenesPerBatch; row++) {
    const { fewest, most } = answersInRow(recipe, progress, ways, row, kinds.length);
    const from = Math.max(stage.objects.from, Math.ceil(fewest / ways));
    const objects = from + draw.below(Math.max(1, progress.objects - from + 1));
    const spec = { ...stream, vocabulary, grid: recipe.grid, split: 'train' as const, objects };
    const drawn = generateScene(spec, progress.seed, progress.scenes + row);
    const asks = drawAsks(stream, objects, most, draw);
    for (const { question } of asks) kinds.push({ modality: stream.modality, question, objects });
    const { maxAssociationGaps } = stream;
    const scene =
      maxAssociationGaps > 0
        ? { ...drawn, associationGaps: drawGaps(draw, objects, maxAssociationGaps) }
        : drawn;
    const prompt = packPrompt(scene, stream.modality, recipe.grid, asks);
    const maskContext = draw.uniform() < recipe.contextMaskProbability;
    if (stream.modality === 'text') {
      rows.push({ prompt, maskContext });
    } else {
      if (!encoder) {
        throw new Error(`the recipe ${recipe.regime} shows pictures but has no encoder`);
      }
      const features = await encoder.encode(scene.objects, recipe.grid);
      rows.push({ prompt, features, maskContext });
    }
  }
  const batch = assembleBatch(rows, recipe.model.patchFeatures);
  const prompts = rows.map(({ prompt }) => prompt);
  return { batch: recipe.loss === 'sequence' ? withNextTokens(batch, prompts) : batch, kinds };
}

/**
 * How many answers a row of a batch may have. Where the stage fixes their total number, a row is limited
 * only by what the rows after it could not make up for.
 *
 * @param ways questions that can be asked about an object
 * @param had answers of the rows before it
 */
function answersInRow(recipe: Recipe, progress: Progress, ways: number, row: number, had: number) {
  const { questionsPerScene, scenesPerBatch } = recipe;
  const { answers, steps } = stageOf(recipe, progress);
  if (answers === undefined) return { fewest: 1, most: questionsPerScene };
  const most = Math.min(questionsPerScene, progress.objects * ways);
  const until = (step: number) => Math.floor((answers * step) / steps);
  const left = until(progress.stepInStage + 1) - until(progress.stepInStage) - had;
  const rowsAfter = scenesPerBatch - row - 1;
  return { fewest: left - rowsAfter * most, most: Math.min(most, left - rowsAfter) };
}

/**
 * As many questions as fit, spread evenly over the objects and never twice the same. With few objects
 * an object is asked about in several ways, so that small scenes teach as much as large ones.
 */
function drawAsks(
  stream: Stream,
  objects: number,
  most: number,
  draw: RandomStream,
): SceneQuestion[] {
  const questions = Object.entries(stream.questions) as [TrainingQuestion, number][];
  const remaining = draw
    .sample(objects, objects)
    .map((object) => ({ object, questions: [...questions] }));
  const count = Math.min(most, objects * questions.length);
  const rounds = Array.from({ length: Math.ceil(count / objects) }, () => remaining);
  return rounds
    .flat()
    .slice(0, count)
    .map((entry) => {
      const choice = draw.weighted(entry.questions, ([, weight]) => weight);
      entry.questions = entry.questions.filter((other) => other !== choice);
      return { object: entry.object, question: choice[0] };
    });
}

/** Answers to each question at the largest number of objects after which the advance rule decides. */
const ADVANCE_WINDOW = 200;

/** Progress after a step on `kinds`, with `correct` saying which answers were correct. */
export function advance(
  recipe: Recipe,
  progress: Progress,
  kinds: readonly AnswerKind[],
  correct: readonly boolean[],
): Progress {
  const stage = stageOf(recipe, progress);
  const next = {
    ...progress,
    step: progress.step + 1,
    stepInStage: progress.stepInStage + 1,
    scenes: progress.scenes + recipe.scenesPerBatch,
    answers: progress.answers + kinds.length,
    window: { ...progress.window },
  };
  for (const [index, { question, objects }] of kinds.entries()) {
    if (objects !== progress.objects) continue;
    const count = next.window[question] ?? { right: 0, all: 0 };
    const right = count.right + Number(correct[index] ?? false);
    next.window[question] = { right, all: count.all + 1 };
  }
  let mastered = false;
  const counts = mainQuestions(stage).map((question) => next.window[question]);
  if (counts.every((count) => count && count.all >= ADVANCE_WINDOW)) {
    const { to, advanceAt, endAt = Infinity } = stage.objects;
    // The worst question decides: two mastered ones must not hide a third.
    const accuracy = Math.min(...counts.map((count) => (count ? count.right / count.all : 0)));
    mastered = next.objects === to && accuracy >= endAt;
    if (accuracy >= advanceAt && next.objects < to) next.objects++;
    next.window = {};
  }
  if (mastered || next.stepInStage >= stage.steps) {
    next.stage++;
    next.stepInStage = 0;
    next.objects = recipe.stages[next.stage]?.objects.start ?? next.objects;
    next.window = {};
  }
  return next;
}

/** The questions that decide mastery: the task itself where a stage asks it, else all that it asks. */
function mainQuestions(stage: Stage): TrainingQuestion[] {
  const asked = stage.mix.flatMap(({ questions }) => Object.keys(questions) as TrainingQuestion[]);
  return asked.includes('indirect') ? ['indirect'] : [...new Set(asked)];
}

/** What a recipe's model reads: text, and pictures where it has an encoder. */
export function modalitiesOf({ encoder }: Recipe): [Modality, ...Modality[]] {
  return encoder ? ['text', 'image'] : ['text'];
}

export function isFinished(recipe: Recipe, progress: Progress): boolean {
  return progress.stage >= recipe.stages.length;
}

/** The largest number of steps that the whole curriculum can take. */
export function totalSteps(recipe: { readonly stages: readonly Pick<Stage, 'steps'>[] }): number {
  return recipe.stages.reduce((sum, stage) => sum + stage.steps, 0);
}
