import type { Interchange } from '../contract/probes.ts';
import { elementAt } from '../task/element-at.ts';
import type { PairOutcome } from './interchange.ts';
import { sharesOf } from './outcomes.ts';

/**
 * The outcomes at one layer by position and by distance: a model that binds by position may do so only
 * near the ends of the context ("Mixing Mechanisms", arXiv 2510.06182).
 *
 * @param outcomes of pairs that the model solves
 */
export function breakDown(
  outcomes: readonly PairOutcome[],
  layer: number,
): Pick<Interchange, 'byPosition' | 'byDistance'> {
  const groupBy = (key: (outcome: PairOutcome) => number) => {
    const groups = new Map<number, PairOutcome[]>();
    for (const outcome of outcomes) {
      groups.set(key(outcome), [...(groups.get(key(outcome)) ?? []), outcome]);
    }
    return [...groups]
      .sort(([a], [b]) => a - b)
      .map(([value, members]) => ({
        value,
        shares: sharesOf(members.map(({ layers }) => elementAt(layers, layer).outcome)),
      }));
  };
  return {
    byPosition: groupBy(({ pair }) => pair.positional).map(({ value, shares }) => ({
      position: value,
      shares,
    })),
    byDistance: groupBy(({ pair }) => Math.abs(pair.positional - pair.asked)).map(
      ({ value, shares }) => ({ distance: value, shares }),
    ),
  };
}
