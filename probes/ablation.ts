import type { Lesion } from '../contract/probes.ts';
import { argMax } from '../inference/evaluate.ts';
import { mcNemarExact, proportion } from '../statistics/proportions.ts';
import type { PackedPrompt } from '../task/prompt.ts';
import { generateScene } from '../task/scene.ts';
import type { QuerySpec } from '../task/spec.ts';
import { answerOf } from './clean-run.ts';
import { askIndirectly, layScenes, type Subject } from './prompt-batch.ts';
import type { Interference, ProbeRun } from './runner.ts';

/** The same queries answered by the whole model and under each of some lesions. */
export interface LesionedAnswers {
  /** One a query: whether the answer is right. */
  readonly whole: readonly boolean[];
  /** [lesions][queries] */
  readonly under: readonly (readonly boolean[])[];
}

/** What a lesion is in one row of a batch. */
export type LesionAt<L> = (lesion: L, prompt: PackedPrompt, row: number) => Interference;

/**
 * Answers one query a scene, so that answers are independent as their intervals assume.
 *
 * @param indices the scenes' indices
 */
export async function answerUnder<L>(
  { probe, ...sight }: Subject,
  spec: QuerySpec,
  seed: number,
  indices: readonly number[],
  lesions: readonly L[],
  lesionAt: LesionAt<L>,
): Promise<LesionedAnswers> {
  const scenes = indices.map((index) => generateScene(spec, seed, index));
  const { batch, prompts } = await layScenes(
    sight,
    spec,
    scenes.map((scene) => ({ scene, asks: [askIndirectly(scene.asked[0])] })),
  );
  const rightOnes = (run: ProbeRun) =>
    Array.from(batch.targets, (target, query) => argMax(answerOf(run, query)) === target);
  const whole = rightOnes(await probe.run(batch));
  const under: boolean[][] = [];
  for (const lesion of lesions) {
    const perRow = prompts.map((prompt, row) => lesionAt(lesion, prompt, row));
    const run = await probe.run(batch, {
      heads: perRow.flatMap(({ heads = [] }) => heads),
      cuts: perRow.flatMap(({ cuts = [] }) => cuts),
    });
    under.push(rightOnes(run));
  }
  return { whole, under };
}

/** Puts the answers of several runs one after the other. */
export function joinAnswers(parts: readonly LesionedAnswers[]): LesionedAnswers {
  return {
    whole: parts.flatMap(({ whole }) => whole),
    under: (parts[0]?.under ?? []).map((_, lesion) => parts.flatMap(({ under }) => under[lesion])),
  };
}

/** What a lesion costs, query by query. */
export function lesionOf(whole: readonly boolean[], under: readonly boolean[]): Lesion {
  const accuracy = shareRight(under);
  const broken = whole.filter((right, query) => right && !under[query]).length;
  const mended = under.filter((right, query) => right && !whole[query]).length;
  return {
    accuracy,
    lost: shareRight(whole).accuracy - accuracy.accuracy,
    broken,
    mended,
    pValue: mcNemarExact(broken, mended),
  };
}

export const shareRight = (answers: readonly boolean[]) =>
  proportion(answers.filter(Boolean).length, answers.length);
