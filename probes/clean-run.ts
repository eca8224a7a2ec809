import { argMax, softmax } from '../inference/logits.ts';
import { elementAt } from '../task/element-at.ts';
import type { Scene } from '../task/scene.ts';
import type { QuerySpec } from '../task/spec.ts';
import { itemToken, TOKEN_COUNT } from '../task/tokens.ts';
import type { OutcomeClass } from './outcomes.ts';
import type { InterchangePair, PairRoles } from './pairs.ts';
import { buildPromptBatch, indirectQuestion, type ProbeSubject } from './prompt-batch.ts';
import type { BatchToken, ProbeRun } from './runner.ts';

/** The prompts of some pairs, run without interventions: the source of the patches, and the baseline. */
export interface CleanRuns<R extends ProbeRun> {
  readonly run: R;
  readonly pairs: readonly CleanPair[];
}

export interface CleanPair {
  readonly pair: InterchangePair;
  /** The row of the counterfactual in the clean run. */
  readonly counterfactualRow: number;
  /** The last token of the counterfactual, which predicts its answer. */
  readonly answerToken: BatchToken;
  /** [V] logits of the original. */
  readonly originalLogits: Float32Array;
  /** Whether the model answers both prompts correctly. */
  readonly solved: boolean;
}

export async function runClean<R extends ProbeRun>(
  { probe, ...vision }: ProbeSubject<R>,
  spec: QuerySpec,
  pairs: readonly InterchangePair[],
): Promise<CleanRuns<R>> {
  const { batch, prompts } = await buildPromptBatch(
    vision,
    spec,
    pairs.flatMap(({ original, counterfactual, asked, positional }) => [
      { scene: original, questions: [indirectQuestion(asked)] },
      // In the counterfactual, the object at P has the asked colour.
      { scene: counterfactual, questions: [indirectQuestion(positional)] },
    ]),
  );
  const run = await probe.run(batch);
  return {
    run,
    pairs: pairs.map((pair, index) => {
      const [originalRow, counterfactualRow] = [2 * index, 2 * index + 1];
      const originalLogits = answerLogits(run, originalRow);
      const counterfactualLogits = answerLogits(run, counterfactualRow);
      const { tokenIndex } = elementAt(elementAt(prompts, counterfactualRow).answers, 0);
      return {
        pair,
        counterfactualRow,
        answerToken: { row: counterfactualRow, token: tokenIndex },
        originalLogits,
        solved: isSolved(pair, originalLogits, counterfactualLogits),
      };
    }),
  };
}

/** Whether the unpatched model answers both prompts correctly. */
export const isSolved = (
  pair: InterchangePair,
  originalLogits: Float32Array,
  counterfactualLogits: Float32Array,
): boolean =>
  answeredItem(originalLogits, pair.original) === itemOf(pair, 'asked') &&
  answeredItem(counterfactualLogits, pair.original) === itemOf(pair, 'reflexive');

/** The logits [V] of a run's n-th answer, from 0. */
export function answerLogits({ logits }: ProbeRun, answer: number): Float32Array {
  return logits.subarray(answer * TOKEN_COUNT, (answer + 1) * TOKEN_COUNT);
}

/** [N] the probability of each object's item, among the items of the scene. */
export function itemProbabilities(logits: Float32Array, scene: Scene): Float64Array {
  return softmax(
    Float32Array.from(scene.objects, ({ item }) => elementAt(logits, itemToken(item))),
  );
}

/** The most probable of a scene's items. */
export function answeredItem(logits: Float32Array, scene: Scene): number {
  const items = scene.objects.map(({ item }) => item);
  const itemLogits = Float32Array.from(items, (item) => elementAt(logits, itemToken(item)));
  return elementAt(items, argMax(itemLogits));
}

/** The item, in the original, of the object with a role. */
const itemOf = (
  pair: InterchangePair,
  role: 'asked' | 'positional' | 'symbolic' | 'reflexive',
): number => elementAt(pair.original.objects, pair[role]).item;

/**
 * The mechanism that predicts the patched model's answer to the original. In the identity control, all
 * mechanisms predict the original's own answer: unchanged.
 */
export function classify(logits: Float32Array, pair: InterchangePair): OutcomeClass {
  const answered = answeredItem(logits, pair.original);
  return classifyObject(
    pair.original.objects.findIndex(({ item }) => item === answered),
    pair,
  );
}

/** @param answered the object of the original whose item is answered */
export function classifyObject(answered: number, pair: PairRoles): OutcomeClass {
  if (answered === pair.asked) return 'unchanged';
  if (answered === pair.positional) return 'positional';
  if (answered === pair.symbolic) return 'symbolic';
  if (answered === pair.reflexive) return 'reflexive';
  return 'other';
}

/** The largest change of a logit; 0 would mean that a patch did not reach the model. */
export function maxLogitDelta(a: Float32Array, b: Float32Array): number {
  return a.reduce((max, value, token) => Math.max(max, Math.abs(value - elementAt(b, token))), 0);
}
