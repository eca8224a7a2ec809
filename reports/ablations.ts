import { totalBudget } from '../contract/card.ts';
import { ABLATION_MEASURES } from '../trainer/regimes/ablations.ts';
import { code, table, wholeNumber, withInterval } from './markdown.ts';
import {
  interchangeOf,
  oodOf,
  peakSharesOf,
  resultOf,
  variantOf,
  type ModelResults,
} from './model-results.ts';

const REGIME = 'image-text';

/** image-text without one measure of its training each, beside the whole recipe, all of seed 0. */
export function ablationTable(runs: readonly ModelResults[]): string {
  const regimes = [REGIME, ...ABLATION_MEASURES.map((measure) => `${REGIME}-${measure}`)];
  const rows = regimes.map((regime) => {
    const run = runs.find(
      (one) => one.card.recipe.regime === regime && one.card.seed === 0 && variantOf(one) === '',
    );
    const name = regime === REGIME ? `nothing (${code(REGIME)})` : code(regime);
    if (!run) return [name, 'not trained to its end', '-', '-', '-', '-'];
    const { steps, lineage } = run.card.training;
    const stages = [...lineage.map((one) => one.steps), steps].map(wholeNumber).join(' + ');
    const found = interchangeOf(run);
    const symbolic = found && peakSharesOf(found)?.symbolic;
    return [
      name,
      `${stages} = ${wholeNumber(totalBudget(run.card.training).steps)}`,
      withInterval(resultOf(run, 'text', 'context')?.id),
      withInterval(oodOf(run)),
      withInterval(resultOf(run, 'image', 'shuffled')?.ood),
      symbolic ? `${symbolic.correct} of ${symbolic.count}` : '-',
    ];
  });
  return table(
    [
      'without',
      'steps: text + pictures + both',
      'text, ID',
      'text, OOD',
      'pictures, OOD',
      'symbolic pairs',
    ],
    rows,
  );
}
