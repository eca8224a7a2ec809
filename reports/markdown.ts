import type { CountRatio, Proportion } from '../statistics/proportions.ts';

/** A markdown table; Prettier aligns it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A share in percent with one decimal, without its sign. */
export const percent = (share: number): string => (100 * share).toFixed(1);

/** A share with its counts and its 95 % interval. */
export function withCounts({
  correct,
  count,
  accuracy,
  interval: [low, high],
}: Proportion): string {
  if (count === 0) return '-';
  return `${percent(accuracy)} % [${percent(low)}, ${percent(high)}] (${correct}/${count})`;
}

/** A number with three digits that count, and no digit before the point that is not its own. */
export const digits = (value: number): string =>
  value >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));

/** A ratio with its 95 % interval. */
export const withRange = ({ ratio, interval: [low, high] }: CountRatio): string =>
  `${digits(ratio)} [${digits(low)}, ${high === null ? '∞' : digits(high)}]`;

/** A loss of accuracy in percentage points; bold where it is no accident among `tests` such tests. */
export function loss(
  { accuracyDrop, pValue }: { accuracyDrop: number; pValue: number },
  tests: number,
): string {
  const points = percent(accuracyDrop);
  return pValue * tests < 0.05 ? `**${points}**` : points;
}
