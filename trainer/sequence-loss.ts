import type { Batch } from '../task/batch.ts';
import { elementAt } from '../task/element-at.ts';
import type { PackedPrompt } from '../task/prompt.ts';

/**
 * A batch that is also trained on every next token of the text, after the answers to its questions. The
 * questions about a scene are alternatives: each follows the associations, and none follows another.
 *
 * @param prompts of the rows of the batch
 */
export function withNextTokens(batch: Batch, prompts: readonly PackedPrompt[]): Batch {
  const places: number[] = [];
  const targets: number[] = [];
  for (const [row, { tokens, segments, roles }] of prompts.entries()) {
    for (let next = 1; next < tokens.length; next++) {
      const [from, to] = [elementAt(segments, next - 1), elementAt(segments, next)];
      const follows = from === to || from === 0;
      // Patches are no words: nothing predicts them.
      if (!follows || roles[next] === 'patch') continue;
      places.push(row * batch.length + next - 1);
      targets.push(elementAt(tokens, next));
    }
  }
  return {
    ...batch,
    answerIndex: Int32Array.from([...batch.answerIndex, ...places]),
    targets: Int32Array.from([...batch.targets, ...targets]),
  };
}
