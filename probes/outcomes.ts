import { OUTCOMES, type OutcomeShares } from '../contract/probes.ts';
import { proportion } from '../statistics/intervals.ts';

/** The mechanism that predicts the answer of a patched model. */
export type OutcomeClass = (typeof OUTCOMES)[number];

/** Shares of the outcomes. */
export function sharesOf(outcomes: readonly OutcomeClass[]): OutcomeShares {
  const share = (kind: OutcomeClass) =>
    proportion(outcomes.filter((outcome) => outcome === kind).length, outcomes.length);
  return {
    positional: share('positional'),
    symbolic: share('symbolic'),
    reflexive: share('reflexive'),
    unchanged: share('unchanged'),
    other: share('other'),
  };
}

/** The smallest value; null of an empty list. */
export function minimum(values: readonly number[]): number | null {
  return values.length > 0 ? values.reduce((min, value) => Math.min(min, value)) : null;
}
