import type { Locale } from '../contract/theme-locale.ts';
import type { Proportion } from '../statistics/intervals.ts';
import {
  aboveCurves,
  accuracyCurves,
  countsIn,
  describeAccuracy,
  heightOfCurves,
  marker,
  type Accuracies,
} from './accuracy.ts';
import { seriesClass } from './palette.ts';
import { element, words, type Markup } from './svg.ts';
import { FIGURE_WORDS, intervalIn, percentIn, titleOf, type Titled } from './labels.ts';

/** Figures as parts of pages, with a table of what they show: HTML, in pages of frames and elsewhere. */

/** A figure at one width, in user units. */
export interface Drawing {
  readonly height: number;
  readonly body: readonly Markup[];
}

export type Draw = (width: number) => Drawing;

/** Widths that a figure is drawn at: which is shown is up to the room, as words must stay legible. */
const WIDTHS = { wide: 720, narrow: 340 } as const;

/** Where less pixels are than this, the narrow one is shown (site/embed/figure.css). */
export const NARROW = 560;

/** @param description what can be read off, for those who cannot see it */
export function figure(description: string, draw: Draw): Markup {
  const drawings = Object.entries(WIDTHS).map(([name, width]) => {
    const { height, body } = draw(width);
    const viewBox = `0 0 ${width} ${height}`;
    const attributes = { class: name, viewBox, role: 'img', 'aria-label': description };
    return element('svg', attributes, ...body);
  });
  return element('figure', {}, ...drawings);
}

/** How high a figure comes out in so many pixels. */
export function heightIn(pixels: number, draw: Draw): number {
  const width = pixels < NARROW ? WIDTHS.narrow : WIDTHS.wide;
  return (pixels / width) * draw(width).height;
}

/** How high a table of models is: where there is little room, intervals and counts stand below shares. */
export const tableHeight = (pixels: number, rows: number): number =>
  60 + rows * (pixels < NARROW ? 84 : 50);

/** @param heads of the columns, the first of which names the rows */
export function table(heads: readonly string[], rows: readonly (readonly Markup[])[]): Markup {
  const column = (head: string) => element('th', { scope: 'col' }, words(head));
  const row = ([name, ...cells]: readonly Markup[]) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, name),
      ...cells.map((cell) => element('td', {}, cell)),
    );
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...heads.map(column))),
    element('tbody', {}, ...rows.map(row)),
  );
}

/** A share with its interval and its counts. */
export function shareCell(share: Proportion, locale: Locale): Markup {
  const interval = words(`${intervalIn(locale, share.interval)} `);
  const small = element(
    'small',
    {},
    interval,
    element('span', { class: 'counts' }, words(countsIn(share, locale))),
  );
  return joined(words(`${percentIn(locale, share.accuracy)} `), small);
}

export const joined = (...parts: Markup[]): Markup => parts.join('') as Markup;

/** The sign that a model's points have, and its name. */
function modelCell(model: string, place: number): Markup {
  const sign = element(
    'svg',
    { class: 'key-sign', viewBox: '-8 -8 16 16', 'aria-hidden': 'true' },
    element('g', { class: seriesClass(place) }, marker(place, 0, 0)),
  );
  return joined(sign, words(model));
}

/** From 100 % to 0, in user units. */
const CURVES = 250;

export const drawAccuracies =
  (accuracies: Accuracies, locale: Locale): Draw =>
  (width) => ({
    height: heightOfCurves({ height: CURVES }),
    body: [
      element(
        'g',
        { transform: `translate(0 ${aboveCurves})` },
        ...accuracyCurves(accuracies, locale, { width, height: CURVES }),
      ),
    ],
  });

/** Accuracy by number of objects, and a table of what it comes to. */
export function comparisonMarkup(
  accuracies: Accuracies & Titled,
  locale: Locale,
  heading: 'h1' | 'h2',
): Markup {
  const said = FIGURE_WORDS[locale];
  const { models, inDistribution } = accuracies;
  return joined(
    element(heading, {}, words(titleOf(accuracies, locale))),
    figure(describeAccuracy(accuracies, locale), drawAccuracies(accuracies, locale)),
    table(
      [said.model, said.upTo(inDistribution), said.moreThan(inDistribution)],
      models.map(({ model, place, id, ood }) => [
        modelCell(model, place),
        shareCell(id, locale),
        shareCell(ood, locale),
      ]),
    ),
    element('p', { class: 'hint' }, words(said.intervals)),
  );
}
