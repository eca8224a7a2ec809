import { OUTCOMES, type OutcomeShares } from '../contract/probes.ts';
import { proportion } from '../statistics/intervals.ts';

/** The mechanism that predicts the answer of a patched model. */
export type OutcomeClass = (typeof OUTCOMES)[number];

export type OutcomeCounts = Readonly<Record<OutcomeClass, number>>;

/** How often each outcome occurs. */
export function countsOf(outcomes: readonly OutcomeClass[]): OutcomeCounts {
  const count = (kind: OutcomeClass) => outcomes.filter((outcome) => outcome === kind).length;
  return ofEachClass(count);
}

/** The counts of two sets of outcomes together. */
export const addCounts = (a: OutcomeCounts, b: OutcomeCounts): OutcomeCounts =>
  ofEachClass((kind) => a[kind] + b[kind]);

/** Shares of counted outcomes. */
export function sharesOfCounts(counts: OutcomeCounts): OutcomeShares {
  const total = OUTCOMES.reduce((sum, kind) => sum + counts[kind], 0);
  return ofEachClass((kind) => proportion(counts[kind], total));
}

/** Shares of the outcomes. */
export const sharesOf = (outcomes: readonly OutcomeClass[]): OutcomeShares =>
  sharesOfCounts(countsOf(outcomes));

const ofEachClass = <T>(value: (kind: OutcomeClass) => T): Record<OutcomeClass, T> => ({
  positional: value('positional'),
  symbolic: value('symbolic'),
  reflexive: value('reflexive'),
  unchanged: value('unchanged'),
  other: value('other'),
});

/** The smallest value; null of an empty list. */
export function minimum(values: readonly number[]): number | null {
  return values.length > 0 ? values.reduce((min, value) => Math.min(min, value)) : null;
}
