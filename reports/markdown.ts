import {
  formatNumber,
  formatPercent,
  formatPercentInterval,
  formatSignificant,
} from '../statistics/format.ts';
import type { CountRatio } from '../statistics/ratios.ts';
import type { Proportion } from '../statistics/intervals.ts';

/** A markdown table; Prettier aligns it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A share in percent with one decimal, without the sign. */
export const percentDigits = (share: number): string => formatPercent(share, { sign: '' });

/** A difference of two shares in percentage points, always with its sign: `+43.5`. */
export const points = (difference: number): string =>
  `${difference > 0 ? '+' : ''}${percentDigits(difference)}`;

/** `13.6 % [13.2, 14.0]`; a dash where nothing was measured. */
export const withInterval = (proportion?: Proportion): string =>
  proportion && proportion.count > 0
    ? `${formatPercent(proportion.accuracy)} ${formatPercentInterval(proportion.interval)}`
    : '-';

/** `99.6 % (508/510)`; a dash where nothing was measured. */
export const withCounts = ({ correct, count, accuracy }: Proportion): string =>
  count > 0 ? `${formatPercent(accuracy)} (${correct}/${count})` : '-';

/** `1025 [133, ∞]`. */
export const withRange = ({ ratio, interval: [low, high] }: CountRatio): string =>
  `${formatSignificant(ratio)} [${formatSignificant(low)}, ${high === null ? '∞' : formatSignificant(high)}]`;

/** A drop of accuracy in percentage points; bold where it is significant after Bonferroni's correction. */
export function accuracyDropCell(
  { accuracyDrop, pValue }: { readonly accuracyDrop: number; readonly pValue: number },
  tests: number,
): string {
  const drop = percentDigits(accuracyDrop);
  return pValue * tests < 0.05 ? `**${drop}**` : drop;
}

/** `2,800`. */
export const wholeNumber = (value: number): string => formatNumber(value);

/** A name as code. */
export const code = (name: string): string => `\`${name}\``;
