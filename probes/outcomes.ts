import { OUTCOMES, type OutcomeShares } from '../contract/probes.ts';
import { proportion } from '../statistics/intervals.ts';

/** What an answer to a patched original says of the mechanism. */
export type OutcomeClass = (typeof OUTCOMES)[number];

/** How often each outcome came. */
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

/** The smallest of some changes of logits; null of none. */
export function minimum(changes: readonly number[]): number | null {
  return changes.length > 0 ? changes.reduce((least, change) => Math.min(least, change)) : null;
}
