import {
  MIXTURE_COMPONENTS,
  type Mixture,
  type MixtureLayer,
} from '../contract/mixture-section.ts';
import { formatWholePercent } from '../statistics/format.ts';
import { maxBy, onCondition } from './sentence-parts.ts';

/** The layer at which the positional and the symbolic pointer together have most weight; undefined of none. */
export const peakMixture = ({ layers }: Pick<Mixture, 'layers'>): MixtureLayer | undefined =>
  maxBy(layers, ({ weights }) => weights.positional.weight + weights.symbolic.weight);

const NAMES = {
  positional: 'positional',
  symbolic: 'symbolic',
  reflexive: 'reflexive',
  unchanged: 'unchanged',
  uniform: 'spread over all items',
} as const;

/** A sentence about how the answer is mixed at the layer of largest effect. */
export function summariseMixtureSection(mixture: Omit<Mixture, 'split' | 'seed'>): string {
  const where = `${onCondition(mixture)}, ${mixture.objects} objects`;
  const peak = peakMixture(mixture);
  if (!peak) return `${where}: too few pairs are solved to fit a mixture.`;
  const { layer, weights, heldOut } = peak;
  const shares = MIXTURE_COMPONENTS.map(
    (component) => `${formatWholePercent(weights[component].weight)} ${NAMES[component]}`,
  );
  const similar = ({ mean }: { mean: number }) => mean.toFixed(3);
  const isBetter = heldOut.gain.interval[0] > 0;
  return (
    `${where}: after a patch of layer ${layer}, the probability is ${shares.join(', ')}; on held-out pairs ` +
    `the similarity of this mixture is ${similar(heldOut.mixture)}, ` +
    (isBetter ? 'better than' : 'not better than') +
    ` ${similar(heldOut.single[heldOut.bestSingle])} of the ${heldOut.bestSingle} mechanism alone.`
  );
}
