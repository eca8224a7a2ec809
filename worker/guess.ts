import { argMax } from '../inference/evaluate.ts';
import { tokenResource } from './query-resource.ts';

/** A token and its probability, as the API shows it. */
export function guessOf(probabilities: Float64Array, token: number) {
  return { ...tokenResource(token), probability: sixDigits(probabilities[token]) };
}

/** Six digits are what single precision holds. */
export const sixDigits = (value: number): number => Number(value.toPrecision(6));

export function softmax(logits: Float32Array): Float64Array {
  const most = logits[argMax(logits)];
  // Not Float32Array.map, which would round.
  const weights = Float64Array.from(logits, (logit) => Math.exp(logit - most));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
