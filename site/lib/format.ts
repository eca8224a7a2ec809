import { percentIn } from '../../plots/labels.ts';
import { formatNumber, formatPercentInterval } from '../../statistics/format.ts';

/** A non-breaking space, between a number and its unit. */
const NBSP = '\u00a0';

/** `11.7 %`; 0 and 100 only for exactly none and all. */
export const percent = (share: number, digits = 1): string => percentIn('en', share, digits);

/** `[11.2, 12.3]`, in percent. */
export const interval = (bounds: readonly [number, number]): string =>
  formatPercentInterval(bounds);

/** `2,000`. */
export const count = (value: number): string => formatNumber(value);

export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)}${NBSP}${value === 1 ? one : many}`;

/** `1.8 MB`, or `32 KB` below a tenth of one. */
export const fileSize = (bytes: number): string =>
  bytes < 1e5
    ? `${formatNumber(bytes / 1e3)}${NBSP}KB`
    : `${formatNumber(bytes / 1e6, { digits: 1 })}${NBSP}MB`;
