/**
 * Numbers as text: one rule for tables, figures, pages and sentences. A medium adds only what is its own, such
 * as a space that does not break.
 */

export interface NumberStyle {
  /** BCP 47 tag; decides the decimal sign and the grouping of thousands. */
  readonly locale?: string;
  /** Digits after the decimal sign. */
  readonly digits?: number;
}

/** `2,800`, or with `digits: 1` and the locale `de` `2.800,0`. Never `-0`. */
export function formatNumber(
  value: number,
  { locale = 'en', digits = 0 }: NumberStyle = {},
): string {
  return numberFormat(locale, digits).format(value);
}

/** By locale and digits: a page has hundreds of numbers, and making a format takes longer than using it. */
const formats = new Map<string, Intl.NumberFormat>();

function numberFormat(locale: string, digits: number): Intl.NumberFormat {
  const key = `${locale} ${digits}`;
  const known = formats.get(key);
  if (known) return known;
  const format = new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: 'negative',
  });
  formats.set(key, format);
  return format;
}

export interface PercentStyle extends NumberStyle {
  /** What follows the digits; a figure uses a space that does not break, a table column may use nothing. */
  readonly sign?: string;
  /**
   * Without it, 509 of 510 is `100 %` at no digits. With it, only an exact 0 or 1 is shown as 0 or 100: others
   * get one more digit, or `<0.1 %` and `>99.9 %`.
   */
  readonly guarded?: boolean;
}

/** A share from 0 to 1 (or a difference of two) in percent: `72.7 %`. */
export function formatPercent(
  share: number,
  { locale = 'en', digits = 1, sign = ' %', guarded = false }: PercentStyle = {},
): string {
  const at = (places: number) => formatNumber(100 * share, { locale, digits: places });
  const looksExact = (places: number) =>
    [0, 1].some(
      (end) => share !== end && at(places) === formatNumber(100 * end, { locale, digits: places }),
    );
  if (!guarded || !looksExact(digits)) return `${at(digits)}${sign}`;
  const finer = Math.max(digits, 1);
  if (!looksExact(finer)) return `${at(finer)}${sign}`;
  const least = 10 ** -finer;
  const bound = share < 0.5 ? least : 100 - least;
  return `${share < 0.5 ? '<' : '>'}${formatNumber(bound, { locale, digits: finer })}${sign}`;
}

/** A share in whole percent, for sentences: `73 %`, `99.6 %`, `>99.9 %`; only 0 and 1 are `0 %` and `100 %`. */
export const formatWholePercent = (share: number): string =>
  formatPercent(share, { digits: 0, guarded: true });

/** An interval of shares in percent, without the sign: `[72.2, 73.2]`. */
export function formatPercentInterval(
  [low, high]: readonly [number, number],
  { locale = 'en', digits = 1 }: NumberStyle = {},
): string {
  const [from, to] = [low, high].map((share) => formatPercent(share, { locale, digits, sign: '' }));
  // Where the decimal sign is a comma, another one between the two numbers would be misread.
  const between = formatNumber(0.5, { locale, digits: 1 }).includes(',') ? '; ' : ', ';
  return `[${from ?? ''}${between}${to ?? ''}]`;
}

/** A positive number with so many significant digits, without an exponent: `1025`, `0.000983`. */
export function formatSignificant(value: number, digits = 3): string {
  if (value >= 10 ** digits) return String(Math.round(value));
  return new Intl.NumberFormat('en', {
    maximumSignificantDigits: digits,
    useGrouping: false,
  }).format(value);
}

/** `< 0.0001`, or two significant digits. */
export const formatPValue = (value: number): string =>
  value < 1e-4 ? '< 0.0001' : formatSignificant(value, 2);
