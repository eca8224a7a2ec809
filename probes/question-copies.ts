import { elementAt } from '../task/element-at.ts';
import type { SceneQuestion } from '../task/prompt.ts';
import type { Scene } from '../task/scene.ts';
import type { QuerySpec } from '../task/spec.ts';
import { answerLogits } from './clean-run.ts';
import { buildPromptBatch, type ProbeSubject } from './prompt-batch.ts';
import type { BatchToken, ProbeRun } from './runner.ts';

/**
 * Many versions of one question in few runs. The copies of a question share one row, and a change at the
 * last token of one copy leaves the others as they are. So a run reads the scene once for all of them.
 */

/** A question about a scene, as text or as a picture. */
export interface AskedQuestion extends Pick<QuerySpec, 'modality' | 'grid'> {
  readonly scene: Scene;
  readonly ask: SceneQuestion;
}

/** What is different in one copy; nothing in a clean one. */
export interface QuestionCopy {
  /** Cuts the attention of the question's last token to this token, in the layers from first to last. */
  readonly cut?: { readonly to: number; readonly layers: readonly [first: number, last: number] };
  /** Replaces the residual stream after the last layer at the question's last token: [D]. */
  readonly finalResidual?: Float32Array;
}

export interface CopyRuns {
  /** [copies] logits [V] */
  readonly logits: readonly Float32Array[];
  /** The residual stream [D] before a layer, or after the last, at the last token of the first copy. */
  readonly residual: (layer: number) => Float32Array;
}

/** Bounds memory: attention is quadratic in the tokens of a row. */
export const COPIES_PER_ROW = 64;

/**
 * Answers copies of a question, each with its own change.
 *
 * @throws RangeError where there is no copy
 */
export async function runCopies(
  { probe, ...vision }: ProbeSubject,
  { scene, ask, ...spec }: AskedQuestion,
  copies: readonly QuestionCopy[],
): Promise<CopyRuns> {
  const logits: Float32Array[] = [];
  let first: { readonly run: ProbeRun; readonly at: BatchToken } | undefined;
  for (let start = 0; start < copies.length; start += COPIES_PER_ROW) {
    const group = copies.slice(start, start + COPIES_PER_ROW);
    const row = { scene, questions: group.map(() => ask) };
    const { batch, prompts } = await buildPromptBatch(vision, spec, [row]);
    const lastTokens = elementAt(prompts, 0).answers.map(({ tokenIndex }) => tokenIndex);
    const interventions = {
      cuts: group.flatMap(({ cut }, copy) =>
        cut ? [{ ...cut, row: 0, from: elementAt(lastTokens, copy) }] : [],
      ),
      residuals: group.flatMap(({ finalResidual: vector }, copy) => {
        const token = elementAt(lastTokens, copy);
        return vector ? [{ layer: probe.shape.layers, row: 0, token, vector }] : [];
      }),
    };
    const at = { row: 0, token: elementAt(lastTokens, 0) };
    const run = await probe.run(batch, interventions, first ? [] : [at]);
    first ??= { run, at };
    logits.push(...group.map((_, copy) => answerLogits(run, copy)));
  }
  if (!first) throw new RangeError('there is no copy to run');
  const { run, at } = first;
  return { logits, residual: (layer) => run.residual(layer, at) };
}
