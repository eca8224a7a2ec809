import { elementAt } from '../task/element-at.ts';
import type { Proportion } from './intervals.ts';

/**
 * Exact two-sided McNemar test of two models on the same queries: under the null hypothesis, a query
 * that only one of them answers correctly is equally likely to be either's.
 *
 * Source: McNemar (1947), Psychometrika 12; the exact binomial form.
 *
 * @param onlyA, onlyB queries that only the one or only the other answers correctly
 * @returns the p-value
 */
export function mcNemarExact(onlyA: number, onlyB: number): number {
  const discordant = onlyA + onlyB;
  const fewer = Math.min(onlyA, onlyB);
  // log of C(discordant, k) / 2^discordant, updated from k = 0, so that thousands do not underflow.
  let logTerm = -discordant * Math.LN2;
  let tail = 0;
  for (let k = 0; k <= fewer; k++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log((discordant - k) / (k + 1));
  }
  return Math.min(1, 2 * tail);
}

/**
 * Fisher's exact two-sided test of two shares: the probability of all tables with the same margins that
 * are at most as likely as this one. For the same items measured twice it is conservative.
 *
 * Source: Fisher (1935), JRSS 98, with the two-sided rule that R's `fisher.test` uses.
 *
 * @returns the p-value; 1 where either count is 0
 */
export function fisherExact(a: Counts, b: Counts): number {
  const correct = a.correct + b.correct;
  const count = a.count + b.count;
  const logFactorial = logFactorials(count);
  const logChoose = (n: number, k: number) =>
    elementAt(logFactorial, n) - elementAt(logFactorial, k) - elementAt(logFactorial, n - k);
  const logProbability = (inA: number) =>
    logChoose(correct, inA) + logChoose(count - correct, a.count - inA) - logChoose(count, a.count);
  // Equally likely tables differ by rounding.
  const max = logProbability(a.correct) + 1e-9;
  let total = 0;
  const last = Math.min(correct, a.count);
  for (let inA = Math.max(0, correct - b.count); inA <= last; inA++) {
    if (logProbability(inA) <= max) total += Math.exp(logProbability(inA));
  }
  return Math.min(1, total);
}

type Counts = Pick<Proportion, 'correct' | 'count'>;

/** The logarithms of 0! to n!. */
function logFactorials(n: number): Float64Array {
  const logs = new Float64Array(n + 1);
  for (let factor = 2; factor <= n; factor++)
    logs[factor] = (logs[factor - 1] ?? 0) + Math.log(factor);
  return logs;
}
