import { argMax } from '../inference/logits.ts';
import type { Scene } from '../task/scene.ts';
import type { QuerySpec } from '../task/spec.ts';
import { itemToken, TOKEN_COUNT } from '../task/tokens.ts';
import { indirectQuestion, buildPromptBatch, type ProbeSubject } from './prompt-batch.ts';
import type { OutcomeClass } from './outcomes.ts';
import type { InterchangePair } from './pairs.ts';
import type { ProbeRun, BatchToken } from './runner.ts';

/** Both prompts of some pairs, run without interference: where patches come from, and whom they go to. */
export interface CleanRuns<R extends ProbeRun> {
  readonly run: R;
  readonly pairs: readonly CleanPair[];
}

export interface CleanPair {
  readonly pair: InterchangePair;
  /** The row of its counterfactual. */
  readonly counterfactualRow: number;
  /** The last token of the counterfactual, from which its answer is read. */
  readonly answerToken: BatchToken;
  /** [V] logits of the original. */
  readonly originalLogits: Float32Array;
  /** Whether the model answers both rightly. */
  readonly solved: boolean;
}

export async function runClean<R extends ProbeRun>(
  { probe, ...sight }: ProbeSubject<R>,
  spec: QuerySpec,
  pairs: readonly InterchangePair[],
): Promise<CleanRuns<R>> {
  const { batch, prompts } = await buildPromptBatch(
    sight,
    spec,
    pairs.flatMap(({ original, counterfactual, asked, positional }) => [
      { scene: original, questions: [indirectQuestion(asked)] },
      // The asked colour stands at P there.
      { scene: counterfactual, questions: [indirectQuestion(positional)] },
    ]),
  );
  const run = await probe.run(batch);
  return {
    run,
    pairs: pairs.map((pair, place) => {
      const [originalRow, counterfactualRow] = [2 * place, 2 * place + 1];
      const { objects } = pair.original;
      const originalLogits = answerLogits(run, originalRow);
      const counter = answerLogits(run, counterfactualRow);
      return {
        pair,
        counterfactualRow,
        answerToken: {
          row: counterfactualRow,
          token: prompts[counterfactualRow].answers[0].tokenIndex,
        },
        originalLogits,
        solved:
          answeredItem(originalLogits, pair.original) === objects[pair.asked].item &&
          answeredItem(counter, pair.original) === objects[pair.reflexive].item,
      };
    }),
  };
}

/** The logits [V] of a run's n-th answer. */
export function answerLogits({ logits }: ProbeRun, place: number): Float32Array {
  return logits.subarray(place * TOKEN_COUNT, (place + 1) * TOKEN_COUNT);
}

/** The item that an answer names among those in a scene. */
function answeredItem(logits: Float32Array, scene: Scene): number {
  const items = scene.objects.map(({ item }) => item);
  return items[argMax(Float32Array.from(items, (item) => logits[itemToken(item)]))];
}

/** What an answer to the original says of the mechanism. */
export function classify(logits: Float32Array, pair: InterchangePair): OutcomeClass {
  const { objects } = pair.original;
  const answered = answeredItem(logits, pair.original);
  if (answered === objects[pair.positional].item) return 'positional';
  if (answered === objects[pair.symbolic].item) return 'symbolic';
  if (answered === objects[pair.reflexive].item) return 'reflexive';
  return answered === objects[pair.asked].item ? 'unchanged' : 'other';
}

/** The largest change of a logit: 0 would mean that a patch did not reach the model. */
export function maxLogitDelta(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}
