/** Index of the largest value, the first one on a tie; 0 of an empty array. */
export function argMax(values: Float32Array): number {
  let best = 0;
  let max = -Infinity;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? -Infinity;
    if (value <= max) continue;
    max = value;
    best = index;
  }
  return best;
}

/** Probabilities [V] of all tokens, in double precision. @param logits [V] of one answer */
export function softmax(logits: Float32Array): Float64Array {
  const max = logits[argMax(logits)] ?? 0;
  // Not Float32Array.map, which would round.
  const weights = Float64Array.from(logits, (logit) => Math.exp(logit - max));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
