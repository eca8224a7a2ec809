import type { AblationEffect } from '../contract/probes.ts';
import { argMax } from '../inference/logits.ts';
import { mcNemarExact } from '../statistics/exact-tests.ts';
import { accuracyOf } from '../statistics/intervals.ts';
import type { PackedPrompt } from '../task/prompt.ts';
import { generateScene } from '../task/scene.ts';
import type { QuerySpec } from '../task/spec.ts';
import { answerLogits } from './clean-run.ts';
import { indirectQuestion, buildPromptBatch, type ProbeSubject } from './prompt-batch.ts';
import type { Interventions, ProbeRun } from './runner.ts';

/** The same queries answered by the whole model and ablated each of some lesions. */
export interface AblatedAnswers {
  /** One a query: whether the answer is right. */
  readonly baseline: readonly boolean[];
  /** [lesions][queries] */
  readonly ablated: readonly (readonly boolean[])[];
}

/** What a lesion is in one row of a batch. */
export type AblationInterventions<L> = (
  lesion: L,
  prompt: PackedPrompt,
  row: number,
) => Interventions;

/**
 * Answers one query a scene, so that answers are independent as their intervals assume.
 *
 * @param indices the scenes' indices
 */
export async function answerWithAblations<L>(
  { probe, ...sight }: ProbeSubject,
  spec: QuerySpec,
  seed: number,
  indices: readonly number[],
  lesions: readonly L[],
  lesionAt: AblationInterventions<L>,
): Promise<AblatedAnswers> {
  const scenes = indices.map((index) => generateScene(spec, seed, index));
  const { batch, prompts } = await buildPromptBatch(
    sight,
    spec,
    scenes.map((scene) => ({ scene, questions: [indirectQuestion(scene.asked[0])] })),
  );
  const rightOnes = (run: ProbeRun) =>
    Array.from(batch.targets, (target, query) => argMax(answerLogits(run, query)) === target);
  const baseline = rightOnes(await probe.run(batch));
  const ablated: boolean[][] = [];
  for (const lesion of lesions) {
    const perRow = prompts.map((prompt, row) => lesionAt(lesion, prompt, row));
    const run = await probe.run(batch, {
      heads: perRow.flatMap(({ heads = [] }) => heads),
      cuts: perRow.flatMap(({ cuts = [] }) => cuts),
    });
    ablated.push(rightOnes(run));
  }
  return { baseline, ablated };
}

/** Puts the answers of several runs one after the other. */
export function concatAnswers(parts: readonly AblatedAnswers[]): AblatedAnswers {
  return {
    baseline: parts.flatMap(({ baseline }) => baseline),
    ablated: (parts[0]?.ablated ?? []).map((_, lesion) =>
      parts.flatMap(({ ablated }) => ablated[lesion]),
    ),
  };
}

/** What a lesion costs, query by query. */
export function ablationEffect(
  baseline: readonly boolean[],
  ablated: readonly boolean[],
): AblationEffect {
  const accuracy = accuracyOf(ablated);
  const regressed = baseline.filter((right, query) => right && !ablated[query]).length;
  const fixed = ablated.filter((right, query) => right && !baseline[query]).length;
  return {
    accuracy,
    accuracyDrop: accuracyOf(baseline).accuracy - accuracy.accuracy,
    regressed,
    fixed,
    pValue: mcNemarExact(regressed, fixed),
  };
}
