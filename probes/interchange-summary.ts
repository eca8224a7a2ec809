import type { OutcomeShares } from '../contract/probes.ts';
import { countRatio, type CountRatio } from '../statistics/ratios.ts';
import { elementAt } from '../task/element-at.ts';
import type { Control, PairOutcome } from './interchange.ts';
import { minimum, sharesOf } from './outcomes.ts';

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
 * Summarises a sweep. The peak layer counts positional and symbolic outcomes only, since late layers
 * look reflexive just because the answer is already computed there.
 *
 * @param outcomes of one pair or more
 * @throws RangeError where there are no outcomes
 */
export function summarise(outcomes: readonly PairOutcome[]): InterchangeSummary {
  const solved = outcomes.filter((outcome) => outcome.solved);
  // Of pairs that are not solved, a sweep may leave out the layers.
  const layers = (solved[0] ?? elementAt(outcomes, 0)).layers.map(({ layer }): LayerSummary => {
    const atLayer = solved.map((outcome) => elementAt(outcome.layers, layer));
    const controlShares = (control: Control) =>
      sharesOf(atLayer.map(({ controls }) => controls[control]));
    return {
      layer,
      shares: sharesOf(atLayer.map(({ outcome }) => outcome)),
      controls: { random: controlShares('random'), unrelated: controlShares('unrelated') },
      minLogitDelta: minimum(atLayer.map(({ maxLogitDelta }) => maxLogitDelta)),
    };
  });
  const explained = ({ shares }: LayerSummary) =>
    shares.positional.correct + shares.symbolic.correct;
  const peak = layers.reduce((best, layer) => (explained(layer) > explained(best) ? layer : best));
  const firstCausal = layers.find(changesMostAnswers);
  const ratio = ({ shares }: LayerSummary) =>
    countRatio(shares.symbolic.correct, shares.positional.correct);
  return {
    pairs: outcomes.length,
    solved: solved.length,
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
