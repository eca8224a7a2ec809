import { totalBudget } from '../contract/card.ts';
import { code, table, wholeNumber } from './markdown.ts';
import { oodOf, type ModelResults } from './model-results.ts';

/** What each model was trained with by itself, the runs it starts from, and the sum of all. */
export function budgetTable(models: readonly ModelResults[]): string {
  return table(
    [
      ...['model', 'starts from', 'own steps', 'own answers', 'own seconds'],
      ...['all steps', 'all answers', 'all minutes'],
    ],
    models.map(({ name, card: { training } }) => {
      const { steps, answers, seconds, lineage } = training;
      const all = totalBudget(training);
      const before = lineage.map(({ regime, contributed }) =>
        contributed ? `${contributed} of another seed` : regime,
      );
      return [
        code(name),
        before.join(' → ') || '-',
        ...[steps, answers, seconds, all.steps, all.answers].map(wholeNumber),
        wholeNumber(Math.round(all.seconds / 60)),
      ];
    }),
  );
}

/** Whether the most training makes the best model. */
export function readBudgets(models: readonly ModelResults[]): string {
  const trained = models.flatMap(({ name, card }) => {
    const ood = oodOf({ card });
    const { steps } = totalBudget(card.training);
    return ood ? [{ name, steps, ood: ood.accuracy }] : [];
  });
  const [most] = trained.toSorted((a, b) => b.steps - a.steps);
  const [best] = trained.toSorted((a, b) => b.ood - a.ood);
  if (!most || !best) return '';
  if (most === best) return `${code(most.name)} has both the most steps and the best OOD accuracy.`;
  const position = 1 + trained.filter(({ steps }) => steps > best.steps).length;
  return (
    `${code(most.name)} has the most steps, ${wholeNumber(most.steps)}. The best OOD accuracy is that of ` +
    `${code(best.name)} with ${wholeNumber(best.steps)} steps, which is number ${position} of ` +
    `${trained.length} by steps.`
  );
}
