import {
  MIXTURE_COMPONENTS,
  POINTERS,
  type Mixture,
  type MixtureLayer,
} from '../contract/mixture-section.ts';
import type { Probes } from '../contract/probes.ts';
import { peakMixture } from '../probes/mixture-summary.ts';
import { formatPercent, formatPercentInterval } from '../statistics/format.ts';
import type { Mean } from '../statistics/intervals.ts';
import { code, percentDigits, table } from './markdown.ts';
import { ENOUGH_PAIRS } from './mechanism.ts';
import { conditionInWords, type ModelResults } from './model-results.ts';

/** Tables of mixtures of mechanisms. */

type Weight = MixtureLayer['weights']['positional'];

const weightCell = ({ weight, interval }: Weight) =>
  `${formatPercent(weight)} ${formatPercentInterval(interval)}`;

const threeDigits = (value: number): string => value.toFixed(3);

const similarityCell = ({ mean, interval: [low, high] }: Mean): string =>
  `${threeDigits(mean)} [${threeDigits(low)}, ${threeDigits(high)}]`;

/** On ordered text; undefined where it was not measured, or on too few pairs. */
function peakOnText(probes: Probes | undefined): MixtureLayer | undefined {
  const measured = probes?.mixture?.find(
    ({ modality, order }) => modality === 'text' && order === 'context',
  );
  return measured && measured.solved >= ENOUGH_PAIRS ? peakMixture(measured) : undefined;
}

/** At the layer of most positional and symbolic weight, on ordered text, model by model. */
export function mixtureTable(models: readonly ModelResults[]): string {
  const rows = models.flatMap(({ name, probes }) => {
    const peak = peakOnText(probes);
    if (!peak) return [];
    const { layer, weights, spread, heldOut } = peak;
    return [
      [
        code(name),
        String(layer),
        ...MIXTURE_COMPONENTS.map((component) => weightCell(weights[component])),
        spread === null ? '-' : spread.toFixed(1),
        similarityCell(heldOut.mixture),
        `${threeDigits(heldOut.single[heldOut.bestSingle].mean)} (${heldOut.bestSingle})`,
        similarityCell(heldOut.gain),
      ],
    ];
  });
  return table(
    ['model', 'layer', ...MIXTURE_COMPONENTS, 'spread', 'similarity', 'best single', 'gain'],
    rows,
  );
}

/** Each pointer's weight by the place that it points at, at the same layer, on ordered text. */
export function mixtureByPlaceTable(models: readonly ModelResults[]): string {
  const rows = models.flatMap(({ name, probes }) => {
    const peak = peakOnText(probes);
    if (!peak) return [];
    return POINTERS.slice(0, 2).map((pointer) => [
      code(name),
      pointer,
      ...peak.byPlace.map((at) => percentDigits(at[pointer].weight)),
    ]);
  });
  const places = Array.from({ length: 8 }, (_, place) => `place ${place}`);
  return table(['model', 'pointer', ...places], rows);
}

/** All layers of a model under one condition. */
export function mixtureLayers({ layers, solved, pairs, ...condition }: Mixture) {
  return {
    condition: conditionInWords(condition),
    caption:
      `Weights in percent of the probability, fitted to the ${solved} pairs (of ${pairs}) that the model solves; ` +
      'the spread of the positional pointer in places; Jensen-Shannon similarity on held-out pairs, and that of ' +
      'the best single mechanism.',
    body: table(
      ['layer', ...MIXTURE_COMPONENTS, 'spread', 'mixture', 'best single'],
      layers.map(({ layer, weights, spread, heldOut }) => [
        String(layer),
        ...MIXTURE_COMPONENTS.map((component) => percentDigits(weights[component].weight)),
        spread === null ? '-' : spread.toFixed(1),
        threeDigits(heldOut.mixture.mean),
        `${threeDigits(heldOut.single[heldOut.bestSingle].mean)} (${heldOut.bestSingle})`,
      ]),
    ),
  };
}
