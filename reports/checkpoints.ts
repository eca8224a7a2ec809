import { mean } from 'simple-statistics';
import type { TrainedCard } from '../contract/card.ts';
import { formatPercent, formatSignificant } from '../statistics/format.ts';
import { countRatio } from '../statistics/ratios.ts';
import { LIMITS } from '../task/spec.ts';
import { table, wholeNumber } from './markdown.ts';
import type { ModelResults } from './model-results.ts';
import { rankCorrelation, type RatioAndOod } from './rank-correlation.ts';

/**
 * The mechanism while it forms: what the training log has of validation scenes, with the patch at the first
 * causal layer.
 */

type CurvePoint = TrainedCard['curve'][number];

interface Checkpoint extends RatioAndOod {
  readonly step: number;
  readonly stage: string;
  readonly layer: number;
  readonly symbolic: number;
  readonly positional: number;
  readonly solved: number;
}

/** Pairs that the model has to solve for the shares to mean something. */
const ENOUGH_PAIRS = 16;

/** Every moment of a training at which the mechanism was read on text, with the accuracy measured last. */
function checkpointsOf({ curve }: TrainedCard): Checkpoint[] {
  return curve.flatMap(({ step, stage, mechanism }, index) => {
    const found = mechanism?.text;
    const ood = latestOod(curve.slice(0, index + 1));
    if (!found || found.layer === null || found.solved < ENOUGH_PAIRS || ood === undefined) {
      return [];
    }
    const { layer, solved } = found;
    const symbolic = Math.round(found.symbolic * solved);
    const positional = Math.round(found.positional * solved);
    const { ratio } = countRatio(symbolic, positional);
    return [{ step, stage, layer, symbolic, positional, solved, ratio, ood }];
  });
}

/** Mean accuracy on text with more objects than in training, where it was measured last. */
function latestOod(curve: readonly CurvePoint[]): number | undefined {
  for (const { validation } of curve.toReversed()) {
    const shares = Object.entries(validation ?? {}).flatMap(([key, share]) => {
      const [modality, objects] = key.split('.');
      return modality === 'text' && Number(objects) > LIMITS.inDistribution ? [share] : [];
    });
    if (shares.length > 0) return mean(shares);
  }
  return undefined;
}

/** The last checkpoint of every stage of a run; empty where the mechanism was never logged. */
export function checkpointTable({ card }: ModelResults): string {
  const all = checkpointsOf(card);
  const last = all.filter(({ stage }, index) => stage !== all[index + 1]?.stage);
  if (last.length === 0) return '';
  return table(
    ['stage', 'step', 'layer', 'symbolic', 'positional', 'ratio', 'OOD'],
    last.map(({ stage, step, layer, symbolic, positional, solved, ratio, ood }) => [
      stage,
      wholeNumber(step),
      String(layer),
      `${symbolic}/${solved}`,
      `${positional}/${solved}`,
      formatSignificant(ratio),
      formatPercent(ood),
    ]),
  );
}

/** In how many runs symbol took over from position, and whether the ratio predicts OOD on the way. */
export function readCheckpoints(runs: readonly ModelResults[]): string {
  const logged = runs.map(({ card }) => checkpointsOf(card)).filter(({ length }) => length > 0);
  const steady = logged.filter(
    (checkpoints) => new Set(checkpoints.map(({ ratio }) => ratio > 1)).size === 1,
  );
  return (
    `In ${steady.length} of ${logged.length} runs the ratio stays on one side of 1 from the first checkpoint ` +
    `to the last. ${rankCorrelation(logged.flat(), 'checkpoints')}`
  );
}
