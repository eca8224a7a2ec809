import {
  MIXTURE_COMPONENTS,
  SINGLE_COMPONENTS,
  type Mixture,
  type MixtureComponent,
  type MixtureLayer,
  type Pointer,
} from '../contract/mixture-section.ts';
import { meanOf, proportion, withinShares, type Mean } from '../statistics/intervals.ts';
import { elementAt } from '../task/element-at.ts';
import type { PairOutcome } from './interchange.ts';
import {
  byComponent,
  expectedProbabilities,
  fitMixture,
  similarity,
  type FittedMixture,
  type PatchedAnswer,
} from './mixture-fit.ts';

/** Below this weight, the spread of the positional pointer says nothing. */
const MIN_SPREAD_WEIGHT = 0.01;

/** Of fewer solved pairs, nothing can be held out. */
const MIN_SOLVED = 2;

/**
 * Fits the mixture at every layer.
 *
 * @param outcomes of pairs of one list length; those that the model does not solve are left out
 * @returns no layers where fewer than two pairs are solved
 */
export function summariseMixture(
  outcomes: readonly PairOutcome[],
): Pick<Mixture, 'pairs' | 'solved' | 'layers'> {
  const solved = outcomes.filter((outcome) => outcome.solved);
  const layers = solved[0]?.layers ?? [];
  return {
    pairs: outcomes.length,
    solved: solved.length,
    layers:
      solved.length < MIN_SOLVED
        ? []
        : layers.map(({ layer }) =>
            mixtureLayer(
              layer,
              solved.map((pair) => answerAt(pair, layer)),
            ),
          ),
  };
}

function answerAt({ pair, layers }: PairOutcome, layer: number): PatchedAnswer {
  const { positional, symbolic, reflexive, asked } = pair;
  const { probabilities } = elementAt(layers, layer);
  return { positional, symbolic, reflexive, unchanged: asked, probabilities };
}

function mixtureLayer(layer: number, answers: readonly PatchedAnswer[]): MixtureLayer {
  const fitted = fitMixture(answers, MIXTURE_COMPONENTS);
  return {
    layer,
    weights: byComponent((component) => weightIn(fitted.weights[component], answers.length)),
    spread: spreadOf(fitted),
    heldOut: heldOutFit(answers),
    byPlace: weightsByPlace(answers, fitted),
  };
}

function heldOutFit(answers: readonly PatchedAnswer[]): MixtureLayer['heldOut'] {
  const train = answers.filter((_, index) => index % 2 === 0);
  const test = answers.filter((_, index) => index % 2 === 1);
  const objects = elementAt(answers, 0).probabilities.length;
  const similarities = (fitted: FittedMixture, on: readonly PatchedAnswer[]) => {
    const expected = expectedProbabilities(fitted, on, objects);
    return on.map(({ probabilities }, index) =>
      similarity(probabilities, elementAt(expected, index)),
    );
  };
  const mixture = similarities(fitMixture(train, MIXTURE_COMPONENTS), test);
  const singles = SINGLE_COMPONENTS.map((component) => {
    const fitted = fitMixture(train, [component, 'uniform']);
    const onTrain = meanOf(similarities(fitted, train)).mean;
    return { component, onTrain, onTest: similarities(fitted, test) };
  });
  const best = singles.reduce((a, b) => (b.onTrain > a.onTrain ? b : a));
  const shown = (component: (typeof SINGLE_COMPONENTS)[number]) =>
    similarityOf(singles.find((single) => single.component === component)?.onTest ?? []);
  return {
    pairs: test.length,
    mixture: similarityOf(mixture),
    single: {
      positional: shown('positional'),
      symbolic: shown('symbolic'),
      reflexive: shown('reflexive'),
      unchanged: shown('unchanged'),
    },
    bestSingle: best.component,
    gain: rounded(meanOf(mixture.map((value, index) => value - elementAt(best.onTest, index)))),
  };
}

/**
 * For every place of the list, each pointer's weight over the pairs in which it points there. Only where the positional
 * pointer is at the place, its spread is fitted again.
 */
function weightsByPlace(
  answers: readonly PatchedAnswer[],
  { spread }: FittedMixture,
): MixtureLayer['byPlace'] {
  const { length } = elementAt(answers, 0).probabilities;
  return Array.from({ length }, (_, place) => {
    const fitOf = (pointer: Pointer) => {
      const here = answers.filter((answer) => answer[pointer] === place);
      const spreads = pointer === 'positional' ? undefined : [spread];
      const fitted = here.length > 0 ? fitMixture(here, MIXTURE_COMPONENTS, spreads) : undefined;
      const weight = weightIn(fitted?.weights[pointer] ?? 0, here.length);
      return { fitted, weight: { pairs: here.length, ...weight } };
    };
    const { fitted, weight: positional } = fitOf('positional');
    return {
      place,
      positional: { ...positional, spread: fitted ? spreadOf(fitted) : null },
      symbolic: fitOf('symbolic').weight,
      reflexive: fitOf('reflexive').weight,
    };
  });
}

/** Wilson's interval at the number of pairs, see the contract. */
function weightIn(weight: number, pairs: number): MixtureLayer['weights'][MixtureComponent] {
  const [low, high] = proportion(weight * pairs, pairs).interval;
  return { weight: fourDigits(weight), interval: [fourDigits(low), fourDigits(high)] };
}

const spreadOf = ({ weights, spread }: FittedMixture): number | null =>
  weights.positional < MIN_SPREAD_WEIGHT ? null : fourDigits(spread);

const similarityOf = (values: readonly number[]): Mean => rounded(withinShares(meanOf(values)));

function rounded({ mean, interval: [low, high] }: Mean): Mean {
  return { mean: fourDigits(mean), interval: [fourDigits(low), fourDigits(high)] };
}

const fourDigits = (value: number): number => Number(value.toFixed(4));
