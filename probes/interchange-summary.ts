import type { OutcomeShares } from '../contract/probes.ts';
import type { SweepTally } from '../contract/sweep-tallies.ts';
import { countRatio, type CountRatio } from '../statistics/ratios.ts';
import { elementAt } from '../task/element-at.ts';
import type { Control, PairOutcome } from './interchange.ts';
import { addCounts, countsOf, minimum, sharesOfCounts } from './outcomes.ts';

/** Shares of the outcomes at one layer, over the pairs that the model solves. */
export interface LayerSummary {
  readonly layer: number;
  readonly shares: OutcomeShares;
  readonly controls: Readonly<Record<Control, OutcomeShares>>;
  /** The smallest of the pairs' largest logit changes; null where no pair is solved. */
  readonly minLogitDelta: number | null;
}

export interface InterchangeSummary {
  readonly pairs: number;
  /** Pairs that the unpatched model solves; all others are left out. */
  readonly solved: number;
  readonly layers: readonly LayerSummary[];
  /** The first layer at which a patch changes most answers; null where there is none. */
  readonly firstCausalLayer: number | null;
  /** The layer with the most positional and symbolic outcomes together. */
  readonly peakLayer: number;
  /** Symbolic outcomes per positional outcome. */
  readonly ratioAtPeak: CountRatio;
  readonly ratioAtFirstCausal: CountRatio | null;
}

/**
 * Counts the outcomes of a sweep.
 *
 * @param outcomes of one pair or more
 * @throws RangeError where there are no outcomes
 */
export function tallyOf(outcomes: readonly PairOutcome[]): SweepTally {
  const solved = outcomes.filter((outcome) => outcome.solved);
  // Of pairs that are not solved, a sweep may leave out the layers.
  const layers = (solved[0] ?? elementAt(outcomes, 0)).layers.map(({ layer }) => {
    const atLayer = solved.map((outcome) => elementAt(outcome.layers, layer));
    const ofControl = (control: Control) =>
      countsOf(atLayer.map(({ controls }) => controls[control]));
    return {
      layer,
      outcomes: countsOf(atLayer.map(({ outcome }) => outcome)),
      controls: { random: ofControl('random'), unrelated: ofControl('unrelated') },
      minLogitDelta: minimum(atLayer.map(({ maxLogitDelta }) => maxLogitDelta)),
    };
  });
  return { pairs: outcomes.length, solved: solved.length, layers };
}

/** The tally of two parts of one sweep together. */
export function addTallies(a: SweepTally, b: SweepTally): SweepTally {
  const ofB = new Map(b.layers.map((layer) => [layer.layer, layer]));
  const both = a.layers.map((mine) => {
    const other = ofB.get(mine.layer);
    if (!other) return mine;
    const deltas = [mine.minLogitDelta, other.minLogitDelta].filter((delta) => delta !== null);
    const ofControl = (control: Control) =>
      addCounts(mine.controls[control], other.controls[control]);
    return {
      layer: mine.layer,
      outcomes: addCounts(mine.outcomes, other.outcomes),
      controls: { random: ofControl('random'), unrelated: ofControl('unrelated') },
      minLogitDelta: minimum(deltas),
    };
  });
  const ofA = new Set(a.layers.map(({ layer }) => layer));
  return {
    pairs: a.pairs + b.pairs,
    solved: a.solved + b.solved,
    layers: [...both, ...b.layers.filter(({ layer }) => !ofA.has(layer))],
  };
}

/** Summarises a sweep. @throws RangeError where there are no outcomes */
export const summarise = (outcomes: readonly PairOutcome[]): InterchangeSummary =>
  summariseTally(tallyOf(outcomes));

/**
 * Summarises a counted sweep. The peak layer counts positional and symbolic outcomes only, since late layers
 * look reflexive just because the answer is already computed there.
 */
export function summariseTally(tally: SweepTally): InterchangeSummary {
  const layers = tally.layers.map(({ layer, outcomes, controls, minLogitDelta }): LayerSummary => ({
    layer,
    shares: sharesOfCounts(outcomes),
    controls: {
      random: sharesOfCounts(controls.random),
      unrelated: sharesOfCounts(controls.unrelated),
    },
    minLogitDelta,
  }));
  const explained = ({ shares }: LayerSummary) =>
    shares.positional.correct + shares.symbolic.correct;
  const peak = layers.reduce((best, layer) => (explained(layer) > explained(best) ? layer : best));
  const firstCausal = layers.find(changesMostAnswers);
  const ratio = ({ shares }: LayerSummary) =>
    countRatio(shares.symbolic.correct, shares.positional.correct);
  return {
    pairs: tally.pairs,
    solved: tally.solved,
    layers,
    firstCausalLayer: firstCausal?.layer ?? null,
    peakLayer: peak.layer,
    ratioAtPeak: ratio(peak),
    ratioAtFirstCausal: firstCausal ? ratio(firstCausal) : null,
  };
}

/** False where no pair is solved. */
const changesMostAnswers = ({ shares: { unchanged } }: LayerSummary): boolean =>
  unchanged.count > 0 && unchanged.accuracy < 0.5;
