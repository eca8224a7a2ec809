import type { Answers } from '../../contract/answers.ts';
import { unpackBits } from '../../contract/bits.ts';
import { compareOutcomes, type OutcomesAt } from '../../inference/compare.ts';
import { holm } from '../../inference/statistics.ts';
import type { RecipeName } from '../recipes/index.ts';
import { table } from './markdown.ts';
import type { ModelResults } from './runs.ts';

/** What the paper and its missing controls set side by side: before, after. */
const CONTRASTS: readonly (readonly [RecipeName, RecipeName])[] = [
  ['text-only', 'noise-text'],
  ['text-only', 'image-text'],
  ['noise-text', 'noise-image-text'],
  ['image-text', 'noise-image-text'],
  ['text-only', 'text-only-long'],
  ['text-only-long', 'image-text'],
  ['text-only-long', 'noise-image-text'],
  ['image-text', 'image-text-persistence'],
  ['noise-image-text', 'noise-image-text-persistence'],
  ['image-text', 'scratch-image-text'],
  ['noise-image-text', 'text-symbolic'],
];

/** Regimes compared on the very same OOD queries of ordered text, seed by seed. */
export function pairedTable(runs: readonly ModelResults[]): string {
  const tests = CONTRASTS.flatMap(([before, after]) =>
    runs
      .filter(({ card }) => card.recipe.regime === before)
      .flatMap((one) => {
        const other = runs.find(
          ({ card }) => card.recipe.regime === after && sameBranch(card, one.card),
        );
        const [a, b] = [
          one.answers && outcomesOf(one.answers),
          other?.answers && outcomesOf(other.answers),
        ];
        if (!a || !b) return [];
        const { pairs } = compareOutcomes([
          { model: before, byObjects: a },
          { model: after, byObjects: b },
        ]);
        const [{ ood }] = pairs;
        return ood ? [{ before, after, seed: one.card.seed, ood }] : [];
      }),
  );
  if (tests.length === 0) return 'No two models here differ in their regime alone.';
  const adjusted = holm(tests.map(({ ood }) => ood.pValue));
  return table(
    ['before', 'after', 'seed', 'gain, points', 'only before', 'only after', 'queries', 'p (Holm)'],
    tests.map(({ before, after, seed, ood }, place) => [
      before,
      after,
      String(seed),
      (-100 * ood.difference).toFixed(1),
      String(ood.onlyA),
      String(ood.onlyB),
      String(ood.count),
      adjusted[place] < 1e-4 ? '< 0.0001' : adjusted[place].toFixed(4),
    ]),
  );
}

type Card = ModelResults['card'];

function sameBranch(one: Card, other: Card): boolean {
  const eyes = ({ recipe }: Card) => recipe.encoder?.sha256;
  return (
    one.seed === other.seed &&
    one.recipe.preset === other.recipe.preset &&
    (eyes(one) === undefined || eyes(other) === undefined || eyes(one) === eyes(other))
  );
}

function outcomesOf({ results }: Answers): OutcomesAt[] {
  return results
    .filter(({ modality, order }) => modality === 'text' && order === 'context')
    .map(({ objects, count, right }) => ({ objects, right: unpackBits(right, count) ?? [] }));
}
