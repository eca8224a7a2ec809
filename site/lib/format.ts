import { probabilityIn } from '../../plots/labels.ts';

/** A non-breaking space: a number and its unit stay together. */
const NBSP = '\u00a0';

/** `11.7 %`; all or nothing only where it is exactly that. */
export const percent = (share: number, digits = 1): string => probabilityIn('en', share, digits);

/** `[11.2, 12.3]`, in per cent. */
export const interval = ([low, high]: readonly [number, number], digits = 1): string =>
  `[${(100 * low).toFixed(digits)}, ${(100 * high).toFixed(digits)}]`;

/** `2,000`. */
export const count = (value: number): string => value.toLocaleString('en');

export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)}${NBSP}${value === 1 ? one : many}`;

/** `1.8 MB`. */
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)}${NBSP}MB`;
