import type { CompareResponse, PairedComparison } from '../../contract/comparisons.ts';
import type { EvaluationOutcome } from '../../services/evaluations/evaluation-parts.ts';
import { formatPercent, formatPercentInterval, formatPValue } from '../../statistics/format.ts';
import { textTable } from './text-table.ts';

/** What an evaluation found as text: the tables, then a sentence for each sweep and knockout. */
export function outcomeText({ result, sweeps, knockouts }: EvaluationOutcome): string {
  const sentence = (model: string, objects: number, summary: string) =>
    `${model}, ${objects} objects: ${summary}\n`;
  return [
    comparisonTable(result),
    ...sweeps.map(({ model, objects, summary }) => sentence(model, objects, summary)),
    ...knockouts.map(({ model, queries, summary }) => sentence(model, queries.objects, summary)),
  ].join('');
}

/** A comparison as text: the accuracies with 95 % intervals, and a paired test of each two models. */
export function comparisonTable(comparison: PairedComparison | CompareResponse): string {
  const counts = comparison.models[0]?.byObjects.map(({ objects }) => objects) ?? [];
  const tableOf = (first: string, rows: readonly (readonly string[])[]) =>
    textTable(
      [first, ...counts.map((count) => `${count} objects`), 'up to 8', 'more than 8'],
      rows,
    );
  const accuracies = comparison.models.map(({ model, byObjects, id, ood }) => [
    model,
    ...[...byObjects, id, ood].map(shareText),
  ]);
  const differences = comparison.pairs.map(({ a, b, byObjects, id, ood }) => [
    `${a} - ${b}`,
    ...[...byObjects, id, ood].map(differenceText),
  ]);
  return (
    tableOf('model', accuracies) +
    (differences.length > 0 ? tableOf('difference', differences) : '')
  );
}

type Share = PairedComparison['models'][number]['id'];
const shareText = (share: Share): string =>
  share === null ? '' : `${formatPercent(share.accuracy)} ${formatPercentInterval(share.interval)}`;

type Difference = PairedComparison['pairs'][number]['id'];
const differenceText = (test: Difference): string =>
  test === null
    ? ''
    : `${formatPercent(test.difference)} (${withEquals(formatPValue(test.pValue))})`;

const withEquals = (p: string) => (p.startsWith('<') ? `p ${p}` : `p = ${p}`);
