import type { MixtureComponent } from '../contract/mixture-section.ts';
import { elementAt } from '../task/element-at.ts';

/**
 * Fits the probabilities of the items after an interchange as a mixture of mechanisms. The idea is that of Gur-Arieh
 * et al. (arXiv 2510.06182): a positional pointer that spreads around its position, a symbolic and a reflexive one that
 * are exact. Here weights are shares of the probability, and two more components take what no pointer explains.
 */

/** The places in the list that the components of one pair point at. */
export interface PointedPlaces {
  readonly positional: number;
  readonly symbolic: number;
  readonly reflexive: number;
  /** The object asked about. */
  readonly unchanged: number;
}

/** What the fit needs of one pair. */
export interface PatchedAnswer extends PointedPlaces {
  /** [N] by object, in the order of the list; the sum is 1. */
  readonly probabilities: Float64Array;
}

export interface FittedMixture {
  /** By component; 0 of a component that was left out. The sum is 1. */
  readonly weights: Readonly<Record<MixtureComponent, number>>;
  /** Standard deviation of the positional pointer, in places. */
  readonly spread: number;
}

/** Components that point at one place each. */
const EXACT = ['symbolic', 'reflexive', 'unchanged'] as const;

/** At the first spread all of the pointer is on its place; above a quarter of the list it is hardly a pointer. */
const MIN_SPREAD = 0.1;
const SPREAD_STEP = 0.1;
const MAX_SPREAD_SHARE = 1 / 4;

const MAX_ITERATIONS = 1000;
const TOLERANCE = 1e-6;

/**
 * The weights and the spread that minimise the Kullback-Leibler divergence of the mixture from the measured
 * probabilities, summed over the pairs: for each spread of a grid the weights by expectation maximisation
 * (Dempster, Laird and Rubin 1977, with probabilities in place of counts), and of these the best.
 *
 * @param components those that may have weight
 * @param spreads the grid; by default 0.1 to a quarter of the list
 * @throws RangeError where there are no answers or no components
 */
export function fitMixture(
  answers: readonly PatchedAnswer[],
  components: readonly MixtureComponent[],
  spreads?: readonly number[],
): FittedMixture {
  if (answers.length === 0 || components.length === 0) {
    throw new RangeError('a mixture is fitted to one answer or more, of one component or more');
  }
  const objects = elementAt(answers, 0).probabilities.length;
  const cells = groupByPlaces(answers, objects);
  const grid = components.includes('positional') ? (spreads ?? spreadsOf(objects)) : [MIN_SPREAD];
  const fits = grid.map((spread) => ({
    spread,
    ...fitWeights(cells, components, spread, objects),
  }));
  const { weights, spread } = fits.reduce((a, b) => (b.likelihood > a.likelihood ? b : a));
  return {
    weights: byComponent((component) => weights[components.indexOf(component)] ?? 0),
    spread,
  };
}

/** A record of a value for each component. */
export const byComponent = <T>(
  valueOf: (component: MixtureComponent) => T,
): Record<MixtureComponent, T> => ({
  positional: valueOf('positional'),
  symbolic: valueOf('symbolic'),
  reflexive: valueOf('reflexive'),
  unchanged: valueOf('unchanged'),
  uniform: valueOf('uniform'),
});

/** The probabilities [N] that a fitted mixture expects for each pair, of lists of N objects. */
export function expectedProbabilities(
  { weights, spread }: FittedMixture,
  pairs: readonly PointedPlaces[],
  objects: number,
): Float64Array[] {
  const kernel = spreadKernel(objects, spread);
  return pairs.map((places) =>
    Float64Array.from({ length: objects }, (_, item) => {
      const exact = EXACT.reduce(
        (sum, component) => sum + (places[component] === item ? weights[component] : 0),
        0,
      );
      const positional = elementAt(kernel, places.positional * objects + item);
      return exact + weights.positional * positional + weights.uniform / objects;
    }),
  );
}

/** 1 minus the Jensen-Shannon divergence in bits, of distributions over the same items. */
export function similarity(a: Float64Array, b: Float64Array): number {
  const bits = (value: number, other: number) =>
    value > 0 ? (value / 2) * Math.log2((2 * value) / (value + other)) : 0;
  const divergence = a.reduce((sum, value, item) => {
    const other = elementAt(b, item);
    return sum + bits(value, other) + bits(other, value);
  }, 0);
  return Math.min(1, Math.max(0, 1 - divergence));
}

/** Measured probability of items for which every mixture expects the same. */
interface Cell {
  readonly positional: number;
  readonly item: number;
  /** The exact component that points at the item; at most one does, since a pair's places differ. */
  readonly exact: MixtureComponent | undefined;
  measured: number;
}

/** The likelihood depends on these sums only: a few hundred cells instead of N for each pair. */
function groupByPlaces(answers: readonly PatchedAnswer[], objects: number): Cell[] {
  const cells = new Map<string, Cell>();
  for (const { probabilities, ...places } of answers) {
    for (let item = 0; item < objects; item++) {
      const exact = EXACT.find((component) => places[component] === item);
      const { positional } = places;
      const key = `${positional},${item},${exact ?? ''}`;
      const cell = cells.get(key) ?? { positional, item, exact, measured: 0 };
      cell.measured += elementAt(probabilities, item);
      cells.set(key, cell);
    }
  }
  return [...cells.values()].filter(({ measured }) => measured > 0);
}

/** @returns weights by component, and the logarithm of the likelihood */
function fitWeights(
  cells: readonly Cell[],
  components: readonly MixtureComponent[],
  spread: number,
  objects: number,
) {
  const count = components.length;
  const kernel = spreadKernel(objects, spread);
  /** [cells, components] the probability that each component alone gives to the item. */
  const expected = Float64Array.from(
    cells.flatMap(({ positional, item, exact }) =>
      components.map((component) => {
        if (component === 'uniform') return 1 / objects;
        if (component === 'positional') return elementAt(kernel, positional * objects + item);
        return component === exact ? 1 : 0;
      }),
    ),
  );
  const measured = Float64Array.from(cells, (cell) => cell.measured);
  const all = measured.reduce((sum, value) => sum + value, 0);
  let weights = new Float64Array(count).fill(1 / count);
  let likelihood = -Infinity;
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const step = improve(expected, measured, weights);
    likelihood = step.likelihood;
    let change = 0;
    for (let at = 0; at < count; at++) {
      const weight = (step.sums[at] ?? 0) / all;
      change = Math.max(change, Math.abs(weight - (weights[at] ?? 0)));
      step.sums[at] = weight;
    }
    weights = step.sums;
    if (change < TOLERANCE) break;
  }
  return { weights, likelihood };
}

/**
 * One iteration. Plain loops: this runs a million times for a model.
 *
 * @returns the measured probability that each component explains, and the likelihood of the weights before
 */
function improve(expected: Float64Array, measured: Float64Array, weights: Float64Array) {
  const count = weights.length;
  const sums = new Float64Array(count);
  let likelihood = 0;
  for (let cell = 0; cell < measured.length; cell++) {
    const mass = measured[cell] ?? 0;
    let total = 0;
    for (let at = 0; at < count; at++) {
      total += (expected[cell * count + at] ?? 0) * (weights[at] ?? 0);
    }
    likelihood += mass * Math.log(total);
    // What no component explains is in no weight, and makes the likelihood -Infinity.
    if (total === 0) continue;
    for (let at = 0; at < count; at++) {
      sums[at] =
        (sums[at] ?? 0) + (mass * (expected[cell * count + at] ?? 0) * (weights[at] ?? 0)) / total;
    }
  }
  return { sums, likelihood };
}

/** [N, N] for each place of the list, a Gaussian over the places around it. */
function spreadKernel(objects: number, spread: number): Float64Array {
  const kernel = new Float64Array(objects * objects);
  for (let place = 0; place < objects; place++) {
    const row = kernel.subarray(place * objects, (place + 1) * objects);
    row.forEach((_, item) => {
      row[item] = Math.exp(-((item - place) ** 2) / (2 * spread ** 2));
    });
    const sum = row.reduce((total, value) => total + value, 0);
    row.forEach((value, item) => {
      row[item] = value / sum;
    });
  }
  return kernel;
}

function spreadsOf(objects: number): number[] {
  const steps = Math.max(0, Math.round((objects * MAX_SPREAD_SHARE - MIN_SPREAD) / SPREAD_STEP));
  return Array.from({ length: steps + 1 }, (_, step) => MIN_SPREAD + SPREAD_STEP * step);
}
