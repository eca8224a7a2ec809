import Table from 'cli-table3';
import type { CompareResponse, PairedComparison } from '../../contract/comparisons.ts';
import { formatPercent, formatPercentInterval, formatPValue } from '../../statistics/format.ts';

/** A comparison as text: the accuracies with 95 % intervals, and a paired test of each two models. */
export function comparisonTable(comparison: PairedComparison | CompareResponse): string {
  const counts = comparison.models[0]?.byObjects.map(({ objects }) => objects) ?? [];
  const accuracies = new Table({
    head: ['model', ...counts.map((objects) => `${objects} objects`), 'up to 8', 'more than 8'],
    style: PLAIN,
  });
  for (const { model, byObjects, id, ood } of comparison.models) {
    accuracies.push([model, ...[...byObjects, id, ood].map(shareText)]);
  }
  const parts = [accuracies.toString()];
  if (comparison.pairs.length > 0) {
    const pairs = new Table({
      head: [
        'difference',
        ...counts.map((objects) => `${objects} objects`),
        'up to 8',
        'more than 8',
      ],
      style: PLAIN,
    });
    for (const { a, b, byObjects, id, ood } of comparison.pairs) {
      pairs.push([`${a} - ${b}`, ...[...byObjects, id, ood].map(differenceText)]);
    }
    parts.push(pairs.toString());
  }
  return `${parts.join('\n')}\n`;
}

const PLAIN = { head: [], border: [] };

type Share = PairedComparison['models'][number]['id'];
const shareText = (share: Share): string =>
  share === null ? '' : `${formatPercent(share.accuracy)} ${formatPercentInterval(share.interval)}`;

type Difference = PairedComparison['pairs'][number]['id'];
const differenceText = (test: Difference): string =>
  test === null
    ? ''
    : `${formatPercent(test.difference)} (${withEquals(formatPValue(test.pValue))})`;

const withEquals = (p: string) => (p.startsWith('<') ? `p ${p}` : `p = ${p}`);
