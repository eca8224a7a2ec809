/** Below this share of the largest probability, the others add nothing to a sum of doubles. */
const NEGLIGIBLE = 1e-20;

/**
 * The binomial distribution: the probability of each number of successes, 0 to `trials`.
 *
 * From the most probable number outwards, each probability is a multiple of its neighbour, so that thousands of
 * trials neither overflow nor underflow.
 */
export function binomialProbabilities(trials: number, share: number): Float64Array {
  const weights = new Float64Array(trials + 1);
  const mode = Math.min(trials, Math.floor((trials + 1) * share));
  let total = 1;
  weights[mode] = 1;
  for (let k = mode, weight = 1; k < trials && weight > NEGLIGIBLE; k++) {
    weight *= ((trials - k) / (k + 1)) * (share / (1 - share));
    weights[k + 1] = weight;
    total += weight;
  }
  for (let k = mode, weight = 1; k > 0 && weight > NEGLIGIBLE; k--) {
    weight *= (k / (trials - k + 1)) * ((1 - share) / share);
    weights[k - 1] = weight;
    total += weight;
  }
  return weights.map((weight) => weight / total);
}
