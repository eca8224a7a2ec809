import { line } from 'd3-shape';
import type { Locale } from '../contract/theme-locale.ts';
import { formatNumber, formatPercentInterval } from '../statistics/format.ts';
import type { Proportion } from '../statistics/intervals.ts';
import { axisTitle, shareAxis, shareScale, type Frame } from './axes.ts';
import {
  DEFAULT_WIDTH,
  NARROW_FIGURE,
  plotDocument,
  widthOf,
  type FigureStyle,
  type Panel,
} from './document.ts';
import { seriesClass } from './palette.ts';
import { markerPath } from './markers.ts';
import { element, label, roundCoordinate, textNode, type Markup } from './svg.ts';
import { FIGURE_LABELS, percentIn } from './labels.ts';

/** A model's accuracy by number of objects, and pooled in and out of distribution. */
export interface AccuracySeries {
  readonly model: string;
  /** Index among the models of the deployment: decides colour and marker. */
  readonly displayIndex: number;
  readonly byObjects: readonly (Proportion & { readonly objects: number })[];
  readonly id: Proportion;
  readonly ood: Proportion;
}

/** The accuracies of several models, as in `/v1/accuracy`. */
export interface Accuracies {
  readonly models: readonly AccuracySeries[];
  /** Most objects in a training scene. */
  readonly inDistribution: number;
}

const TICKS = [1, 2, 4, 8, 12, 16, 24, 32];
const GAP = 14;

/** The size of a chart of curves, in user units; 100 % is at y = 0, with a margin above for labels. */
export interface ChartSize {
  readonly width: number;
  /** From 100 % to 0. */
  readonly height: number;
}

const HEIGHT = 250;
const BOTTOM_MARGIN = 40;

export const CURVES_TOP_MARGIN = 24;
export const curvesHeight = ({ height }: Pick<ChartSize, 'height'>): number =>
  CURVES_TOP_MARGIN + height + BOTTOM_MARGIN;

export interface Curves {
  readonly models: readonly Pick<AccuracySeries, 'model' | 'displayIndex' | 'byObjects'>[];
  readonly inDistribution: number;
}

/** The scales of a chart: logarithmic in the number of objects, linear in the accuracy. */
export function accuracyScales({ models, inDistribution }: Curves, { width, height }: ChartSize) {
  const frame: Frame = { height, left: 56, right: width - GAP };
  const counts = models.flatMap(({ byObjects }) => byObjects.map(({ objects }) => objects));
  const [min, max] = [Math.min(2, ...counts), Math.max(2 * inDistribution, ...counts)];
  // Without d3-scale, which would be most of the script for other sites (site/widget).
  const x = (objects: number) =>
    frame.left + ((frame.right - frame.left) * Math.log(objects / min)) / Math.log(max / min);
  const ticks = TICKS.filter((objects) => objects >= min && objects <= max);
  return { frame, x, y: shareScale(frame), ticks };
}

/** Curves of models, with 95 % intervals as bars. */
export function accuracyCurves(
  curves: Curves,
  locale: Locale,
  { width = DEFAULT_WIDTH, height = HEIGHT }: Partial<ChartSize> = {},
): Markup[] {
  const { inDistribution } = curves;
  const { frame, x, y, ticks } = accuracyScales(curves, { width, height });
  const labels = FIGURE_LABELS[locale];
  const limit = x(Math.sqrt(inDistribution * (inDistribution + 1)));

  const zone = element('rect', {
    class: 'out-of-distribution',
    x: limit,
    y: 0,
    width: frame.right - limit,
    height,
  });
  const limitLine = element('line', {
    class: 'training-limit',
    x1: limit,
    x2: limit,
    y1: -20,
    y2: height,
  });
  const zoneNames = [
    label(limit - 8, -12, 'tick y', labels.inDistribution),
    label(limit + 8, -12, 'tick key', labels.outOfDistribution),
  ];
  const numbers = ticks.map((objects) => label(x(objects), height + 16, 'tick x', String(objects)));
  const drawn = curves.models.map((model) => curve(model, x, y, locale));
  const axis = axisTitle(labels.objects, frame);
  const { marks } = shareAxis(frame);
  return [zone, ...marks, limitLine, ...zoneNames, ...numbers, ...drawn, axis];
}

type Scale = (value: number) => number;

function curve(
  { model, displayIndex, byObjects }: Curves['models'][number],
  x: Scale,
  y: Scale,
  locale: Locale,
): Markup {
  type Point = AccuracySeries['byObjects'][number];
  const path = line<Point>()
    .x(({ objects }) => x(objects))
    .y(({ accuracy }) => y(accuracy))
    .digits(1);
  const points = byObjects.map((point) => {
    const [left, top] = [x(point.objects), y(point.accuracy)];
    const [low, high] = point.interval;
    const position = `${model}, ${FIGURE_LABELS[locale].objectCount(point.objects)}`;
    const tooltip = `${position}: ${describeProportion(point, locale)}`;
    return element(
      'g',
      {},
      element('title', {}, textNode(tooltip)),
      element('line', { class: 'whisker', x1: left, x2: left, y1: y(low), y2: y(high) }),
      marker(displayIndex, left, top),
    );
  });
  return element(
    'g',
    { class: seriesClass(displayIndex) },
    element('path', { class: 'curve', d: path([...byObjects]) ?? '' }),
    ...points,
  );
}

export function marker(displayIndex: number, x: number, y: number): Markup {
  return element('path', {
    class: 'marker',
    d: markerPath(displayIndex),
    transform: `translate(${roundCoordinate(x)} ${roundCoordinate(y)})`,
  });
}

/** `72.7 % [72.2, 73.2], 20,354 of 28,000 correct`. */
export function describeProportion(
  { accuracy, interval, correct, count }: Proportion,
  locale: Locale,
): string {
  const correctOf = FIGURE_LABELS[locale].correctOf(
    formatNumber(correct, { locale }),
    formatNumber(count, { locale }),
  );
  return `${percentIn(locale, accuracy)} ${formatPercentInterval(interval, { locale })}, ${correctOf}`;
}

/** `20,354 / 28,000`. */
export const formatCounts = ({ correct, count }: Proportion, locale: Locale): string =>
  `${formatNumber(correct, { locale })} / ${formatNumber(count, { locale })}`;

/** `[72.2, 73.2], 20,354 / 28,000`. */
export const intervalAndCounts = (share: Proportion, locale: Locale): string =>
  `${formatPercentInterval(share.interval, { locale })}, ${formatCounts(share, locale)}`;

/** `72.7 % [72.2, 73.2], 20,354 / 28,000`. */
export const shareWithInterval = (share: Proportion, locale: Locale): string =>
  `${percentIn(locale, share.accuracy)} ${intervalAndCounts(share, locale)}`;

/** The content of the figure in words. */
export function describeAccuracy({ models, inDistribution }: Accuracies, locale: Locale): string {
  const { upToObjects, moreThanObjects } = FIGURE_LABELS[locale];
  return models
    .map(({ model, id, ood }) => {
      const inside = `${upToObjects(inDistribution)}: ${describeProportion(id, locale)}`;
      return `${model}: ${inside}; ${moreThanObjects(inDistribution)}: ${describeProportion(ood, locale)}.`;
    })
    .join(' ');
}

export interface AccuracyPlot {
  readonly title: string;
  readonly accuracies: Accuracies;
  readonly style: FigureStyle;
}

const ROW = 24;
/** Most characters of a name in the key, and the largest width of one. */
const NAME = { maxLength: 28, characterWidth: 8 } as const;

/** The x coordinates of the key's columns. */
function keyColumns(names: readonly string[]) {
  const longest = Math.max(...names.map(({ length }) => Math.min(length, NAME.maxLength)));
  const id = Math.max(200, 54 + NAME.characterWidth * longest);
  return { marker: 30, name: 46, id, ood: Math.max(490, id + 274) };
}

const shortened = (name: string): string =>
  name.length <= NAME.maxLength ? name : `${name.slice(0, NAME.maxLength - 1)}…`;

/** A standalone figure: curves, and a key with the pooled accuracies below them. */
export function plotAccuracy({ title, accuracies, style }: AccuracyPlot): string {
  const { locale } = style;
  const width = widthOf(style);
  const curves: Panel = {
    title: '',
    height: HEIGHT + BOTTOM_MARGIN,
    body: accuracyCurves(accuracies, locale, { width }),
  };
  const key = (width < NARROW_FIGURE ? narrowKey : wideKey)(accuracies, locale);
  const description = describeAccuracy(accuracies, locale);
  return plotDocument({ title, description }, [curves, key], undefined, style);
}

/** A table: one row per model. */
function wideKey({ models: series, inDistribution }: Accuracies, locale: Locale): Panel {
  const labels = FIGURE_LABELS[locale];
  const columns = keyColumns(series.map(({ model }) => model));
  const rows = series.map(({ model, displayIndex, id, ood }, row) =>
    element(
      'g',
      { class: seriesClass(displayIndex), transform: `translate(0 ${ROW * (row + 1)})` },
      marker(displayIndex, columns.marker, 0),
      label(columns.name, 0, 'key panel', shortened(model)),
      label(columns.id, 0, 'key', shareWithInterval(id, locale)),
      label(columns.ood, 0, 'key', shareWithInterval(ood, locale)),
    ),
  );
  return {
    title: '',
    height: ROW * (series.length + 1) + 8,
    body: [
      label(columns.name, 0, 'tick key', labels.model),
      label(columns.id, 0, 'tick key', labels.upToObjects(inDistribution)),
      label(columns.ood, 0, 'tick key', labels.moreThanObjects(inDistribution)),
      ...rows,
      label(columns.name, ROW * (series.length + 1) + 4, 'tick key', labels.accuracyNote),
    ],
  };
}

/** Three lines per model. */
function narrowKey({ models: series, inDistribution }: Accuracies, locale: Locale): Panel {
  const { upToObjects, moreThanObjects } = FIGURE_LABELS[locale];
  const rows = series.map(({ model, displayIndex, id, ood }, index) => {
    const line = (row: number, range: string, share: Proportion) => [
      label(30, 20 * row, 'tick key', range),
      label(30, 20 * row + 17, 'key', shareWithInterval(share, locale)),
    ];
    return element(
      'g',
      { class: seriesClass(displayIndex), transform: `translate(0 ${NARROW_ROW * index})` },
      marker(displayIndex, 30, 0),
      label(46, 0, 'key panel', shortened(model)),
      ...line(1, upToObjects(inDistribution), id),
      ...line(2.9, moreThanObjects(inDistribution), ood),
    );
  });
  return { title: '', height: NARROW_ROW * series.length - 8, body: rows };
}

const NARROW_ROW = 110;
