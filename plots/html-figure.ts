import type { Locale } from '../contract/theme-locale.ts';
import { formatPercentInterval } from '../statistics/format.ts';
import type { Proportion } from '../statistics/intervals.ts';
import type { Condition } from '../task/conditions.ts';
import {
  CURVES_TOP_MARGIN,
  accuracyCurves,
  formatCounts,
  describeAccuracy,
  curvesHeight,
  marker,
  type Accuracies,
} from './accuracy.ts';
import { seriesClass } from './palette.ts';
import { concatMarkup, element, textNode, type Markup } from './svg.ts';
import { conditionTitle, FIGURE_LABELS, percentIn } from './labels.ts';

/** Figures with a table of their values, as HTML for embeds and for pages of other sites. */

/** A figure at one width, in user units. */
export interface Drawing {
  readonly height: number;
  readonly body: readonly Markup[];
}

export type Draw = (width: number) => Drawing;

/** A figure is drawn at both widths; CSS shows the one that keeps its text legible. */
const WIDTHS = { wide: 720, narrow: 340 } as const;

/** The narrow drawing is shown below this width, in pixels (site/embed/figure.css). */
export const NARROW_BELOW = 560;

/** @param description the content in words, for screen readers */
export function responsiveFigure(description: string, draw: Draw): Markup {
  const drawings = Object.entries(WIDTHS).map(([name, width]) => {
    const { height, body } = draw(width);
    const viewBox = `0 0 ${width} ${height}`;
    const attributes = { class: name, viewBox, role: 'img', 'aria-label': description };
    return element('svg', attributes, ...body);
  });
  return element('figure', {}, ...drawings);
}

/** The height of a figure at a width, both in pixels. */
export function figureHeight(width: number, draw: Draw): number {
  const drawn = width < NARROW_BELOW ? WIDTHS.narrow : WIDTHS.wide;
  return (width / drawn) * draw(drawn).height;
}

/**
 * The height of a table of models, in pixels: on narrow screens intervals and counts have own lines, on the
 * narrowest several (site/embed/figure.css).
 */
export function tableHeight(width: number, rows: number): number {
  const row = width < 320 ? 112 : width < NARROW_BELOW ? 84 : 50;
  return 60 + rows * row;
}

/** @param heads of the columns; the first column has the names of the rows */
export function table(heads: readonly string[], rows: readonly (readonly Markup[])[]): Markup {
  const column = (head: string) => element('th', { scope: 'col' }, textNode(head));
  const row = (cells: readonly Markup[]) =>
    element(
      'tr',
      {},
      ...cells.map((cell, index) =>
        index === 0 ? element('th', { scope: 'row' }, cell) : element('td', {}, cell),
      ),
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
  const interval = textNode(`${formatPercentInterval(share.interval, { locale })} `);
  const small = element(
    'small',
    {},
    interval,
    element('span', { class: 'counts' }, textNode(formatCounts(share, locale))),
  );
  return concatMarkup(textNode(`${percentIn(locale, share.accuracy)} `), small);
}

/** A model's marker and name. */
function modelCell(model: string, displayIndex: number): Markup {
  const icon = element(
    'svg',
    { class: 'key-marker', viewBox: '-8 -8 16 16', 'aria-hidden': 'true' },
    element('g', { class: seriesClass(displayIndex) }, marker(displayIndex, 0, 0)),
  );
  return concatMarkup(icon, textNode(model));
}

/** From 100 % to 0, in user units. */
const CHART_HEIGHT = 250;

export const drawAccuracies =
  (accuracies: Accuracies, locale: Locale): Draw =>
  (width) => ({
    height: curvesHeight({ height: CHART_HEIGHT }),
    body: [
      element(
        'g',
        { transform: `translate(0 ${CURVES_TOP_MARGIN})` },
        ...accuracyCurves(accuracies, locale, { width, height: CHART_HEIGHT }),
      ),
    ],
  });

/** Accuracy by number of objects, and a table of the pooled accuracies. */
export function comparisonMarkup(
  accuracies: Accuracies & Condition,
  locale: Locale,
  heading: 'h1' | 'h2',
): Markup {
  const labels = FIGURE_LABELS[locale];
  const { models, inDistribution } = accuracies;
  return concatMarkup(
    element(heading, {}, textNode(conditionTitle(accuracies, locale))),
    responsiveFigure(describeAccuracy(accuracies, locale), drawAccuracies(accuracies, locale)),
    table(
      [labels.model, labels.upToObjects(inDistribution), labels.moreThanObjects(inDistribution)],
      models.map(({ model, displayIndex, id, ood }) => [
        modelCell(model, displayIndex),
        shareCell(id, locale),
        shareCell(ood, locale),
      ]),
    ),
    element('p', { class: 'hint' }, textNode(labels.accuracyNote)),
  );
}
