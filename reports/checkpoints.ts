import { mean } from 'simple-statistics';
import type { ModelCard } from '../contract/card.ts';
import { countRatio } from '../statistics/proportions.ts';
import { LIMITS } from '../task/spec.ts';
import { rankCorrelation, type RatioAndOod } from './mechanism.ts';
import { digits, percent, table } from './markdown.ts';
import type { ModelResults } from './runs.ts';
import { bySeed } from './seeds.ts';

/**
 * The mechanism as it forms: what was logged on validation scenes while the models were trained, with the
 * patch at the first causal layer.
 */

type CurvePoint = ModelCard['curve'][number];

interface Checkpoint extends RatioAndOod {
  readonly step: number;
  readonly stage: string;
  readonly layer: number;
  readonly symbolic: number;
  readonly positional: number;
  readonly solved: number;
}

/** Pairs that have to be solved for the shares to mean something. */
const ENOUGH = 16;

/** Every moment of a training at which the mechanism was read on text, with the accuracy last measured. */
function checkpointsOf({ curve }: ModelCard): Checkpoint[] {
  return curve.flatMap(({ step, stage, mechanism }, place) => {
    const found = mechanism?.text;
    const ood = latestOod(curve.slice(0, place + 1));
    if (!found || found.layer === null || found.solved < ENOUGH || ood === undefined) return [];
    const { layer, solved } = found;
    const [symbolic, positional] = [found.symbolic, found.positional].map((share) =>
      Math.round(share * solved),
    );
    const { ratio } = countRatio(symbolic, positional);
    return [{ step, stage, layer, symbolic, positional, solved, ratio, ood }];
  });
}

/** Mean accuracy on text with more objects than in training, when it was measured last. */
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

/** The last checkpoint of every stage of every run. */
export function checkpointTable(runs: readonly ModelResults[]): string {
  const rows = bySeed(runs).flatMap(({ name, runs: members }) =>
    members.flatMap(({ card }) => {
      const all = checkpointsOf(card);
      const last = all.filter(({ stage }, place) => stage !== all[place + 1]?.stage);
      return last.map(({ stage, step, layer, symbolic, positional, solved, ratio, ood }) => [
        name,
        String(card.seed),
        stage,
        step.toLocaleString('en'),
        String(layer),
        `${symbolic}/${solved}`,
        `${positional}/${solved}`,
        digits(ratio),
        `${percent(ood)} %`,
      ]);
    }),
  );
  return table(
    ['regime', 'seed', 'stage', 'step', 'layer', 'symbolic', 'positional', 'ratio', 'OOD'],
    rows,
  );
}

/** When symbol took over from position, run by run, and whether the ratio tracks OOD on the way. */
export function readCheckpoints(runs: readonly ModelResults[]): string {
  const seen = runs
    .map(({ card }) => checkpointsOf(card))
    .filter((checkpoints) => checkpoints.length > 0);
  const lasting = seen.filter(([first, ...later]) =>
    later.every(({ ratio }) => ratio > 1 === first.ratio > 1),
  );
  return (
    `In ${lasting.length} of ${seen.length} runs the ratio stays on one side of 1 from the first checkpoint to ` +
    `the last. ${rankCorrelation(seen.flat(), 'checkpoints')}`
  );
}
