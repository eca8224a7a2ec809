import { MASKED, type Batch } from '../task/batch.ts';

/**
 * Checks that a decoder computes what a batch of tensors asks for. It has no input for an attention bias:
 * each answer gets a row of the tokens that it attends to, and they attend to each other causally.
 *
 * @param readsPositions whether the decoder has position_ids
 * @returns what it cannot compute; undefined where it can. At most one step per answer and pair of tokens.
 */
export function decoderFault(batch: Batch, readsPositions: boolean): string | undefined {
  const { attentionBias, answerIndex, positions, length } = batch;
  const wrong = attentionBias.findIndex((bias) => bias !== 0 && bias > MASKED);
  if (wrong >= 0) {
    return `attention_bias.${wrong} must be 0, or at most ${MASKED}: the model is a decoder without such an input`;
  }
  const biasOf = (from: number) => attentionBias.subarray(from * length, (from + 1) * length);
  for (const answer of new Set(answerIndex)) {
    const first = answer - (answer % length);
    const seen = [...biasOf(answer)].flatMap((bias, token) => (bias === 0 ? [token] : []));
    if (seen.at(-1) !== answer - first) {
      return `attention_bias must let token ${answer} attend to itself and to no later token: the model is a decoder`;
    }
    for (const [rank, token] of seen.entries()) {
      const bias = biasOf(first + token);
      const isCausal = seen.every((other, at) => (bias[other] === 0) === at <= rank);
      const count = bias.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0);
      if (!isCausal || count !== rank + 1) {
        return (
          `attention_bias must let token ${first + token} attend to itself and to those earlier tokens that ` +
          `token ${answer} attends to, and to no other: the model is a decoder`
        );
      }
      if (!readsPositions && positions[first + token] !== rank) {
        return `positions.${first + token} must be ${rank}: the model has no input position_ids, so positions have no gaps`;
      }
    }
  }
  return undefined;
}
