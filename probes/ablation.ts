import type { AblationEffect } from '../contract/knockout-section.ts';
import { argMax } from '../inference/logits.ts';
import { mcNemarExact } from '../statistics/exact-tests.ts';
import { accuracyOf } from '../statistics/intervals.ts';
import { elementAt } from '../task/element-at.ts';
import type { PackedPrompt } from '../task/prompt.ts';
import { generateScene } from '../task/scene.ts';
import type { QuerySpec } from '../task/spec.ts';
import { answerLogits } from './clean-run.ts';
import { buildPromptBatch, indirectQuestion, type ProbeSubject } from './prompt-batch.ts';
import type { Interventions, ProbeRun } from './runner.ts';

/** Answers to the same queries without an ablation, and with each of several ablations. */
export interface AblatedAnswers {
  /** [queries] whether each answer is correct */
  readonly baseline: readonly boolean[];
  /** [ablations][queries] */
  readonly ablated: readonly (readonly boolean[])[];
}

/** The interventions that make up an ablation in one row of a batch. */
export type AblationInterventions<A> = (
  ablation: A,
  prompt: PackedPrompt,
  row: number,
) => Interventions;

/**
 * Answers one query per scene, so that the answers are independent, as their intervals assume.
 *
 * @param indices the scenes' indices
 */
export async function answerWithAblations<A>(
  { probe, ...vision }: ProbeSubject,
  spec: QuerySpec,
  seed: number,
  indices: readonly number[],
  ablations: readonly A[],
  interventionsOf: AblationInterventions<A>,
): Promise<AblatedAnswers> {
  const scenes = indices.map((index) => generateScene(spec, seed, index));
  const { batch, prompts } = await buildPromptBatch(
    vision,
    spec,
    scenes.map((scene) => ({ scene, questions: [indirectQuestion(elementAt(scene.asked, 0))] })),
  );
  const correctAnswers = (run: ProbeRun) =>
    Array.from(batch.targets, (target, query) => argMax(answerLogits(run, query)) === target);
  const baseline = correctAnswers(await probe.run(batch));
  const ablated: boolean[][] = [];
  for (const ablation of ablations) {
    const perRow = prompts.map((prompt, row) => interventionsOf(ablation, prompt, row));
    const run = await probe.run(batch, {
      heads: perRow.flatMap(({ heads = [] }) => heads),
      cuts: perRow.flatMap(({ cuts = [] }) => cuts),
    });
    ablated.push(correctAnswers(run));
  }
  return { baseline, ablated };
}

/** Concatenates the answers of several runs with the same ablations. */
export function concatAnswers(parts: readonly AblatedAnswers[]): AblatedAnswers {
  return {
    baseline: parts.flatMap(({ baseline }) => baseline),
    ablated: (parts[0]?.ablated ?? []).map((_, ablation) =>
      parts.flatMap(({ ablated }) => elementAt(ablated, ablation)),
    ),
  };
}

/**
 * The effect of an ablation on the accuracy, with McNemar's exact test.
 *
 * @param baseline, ablated [queries] whether each answer is correct
 */
export function ablationEffect(
  baseline: readonly boolean[],
  ablated: readonly boolean[],
): AblationEffect {
  const accuracy = accuracyOf(ablated);
  const regressed = baseline.filter((correct, query) => correct && !ablated[query]).length;
  const fixed = ablated.filter((correct, query) => correct && !baseline[query]).length;
  return {
    accuracy,
    accuracyDrop: accuracyOf(baseline).accuracy - accuracy.accuracy,
    regressed,
    fixed,
    pValue: mcNemarExact(regressed, fixed),
  };
}
