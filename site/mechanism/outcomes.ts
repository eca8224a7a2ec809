import type { OUTCOMES } from '../../contract/probes.ts';

export type Outcome = (typeof OUTCOMES)[number];

/** What each outcome means, in the words of the paper and in everyday ones. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, { name: string; meaning: string }>> = {
  positional: { name: 'positional', meaning: 'what stands in the same place' },
  symbolic: { name: 'symbolic', meaning: 'what has the same shape' },
  reflexive: { name: 'reflexive', meaning: "the counterfactual's own answer" },
  unchanged: { name: 'unmoved', meaning: 'its own answer still' },
  other: { name: 'other', meaning: 'anything else' },
};
