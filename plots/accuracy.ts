import { line } from 'd3-shape';
import type { Locale, Theme } from '../contract/theme-locale.ts';
import type { Proportion } from '../statistics/intervals.ts';
import { axisTitle, shareAxis, shareScale, type Frame } from './axes.ts';
import { WIDTH, plotDocument, type Panel } from './document.ts';
import { seriesClass } from './palette.ts';
import { markerPath } from './markers.ts';
import { element, label, words, type Markup } from './svg.ts';
import { countIn, FIGURE_WORDS, intervalIn, percentIn } from './labels.ts';

/** A model's accuracy by number of objects, and over those it was trained on and those it was not. */
export interface AccuracySeries {
  readonly model: string;
  /** Among the models of the deployment, from 0: its colour and sign. */
  readonly place: number;
  readonly byObjects: readonly (Proportion & { readonly objects: number })[];
  readonly id: Proportion;
  readonly ood: Proportion;
}

/** Models side by side, as `/v1/accuracy` has them. */
export interface Accuracies {
  readonly models: readonly AccuracySeries[];
  /** Most objects in a training scene. */
  readonly inDistribution: number;
}

const TICKS = [1, 2, 4, 8, 12, 16, 24, 32];
const GAP = 14;

/** What a chart of curves takes, in user units: it is 100 % at y = 0, with the zones' names above. */
export interface Room {
  readonly width: number;
  /** From 100 % to 0. */
  readonly height: number;
}

const HEIGHT = 250;
const ABOVE = 24;
const BELOW = 40;

export const aboveCurves = ABOVE;
export const heightOfCurves = ({ height }: Pick<Room, 'height'>): number => ABOVE + height + BELOW;

/** What curves are drawn of. */
export interface Curves {
  readonly models: readonly Pick<AccuracySeries, 'model' | 'place' | 'byObjects'>[];
  readonly inDistribution: number;
}

/** Where numbers of objects and accuracies stand in a chart; doubling the objects is one step. */
export function accuracyScales({ models, inDistribution }: Curves, { width, height }: Room) {
  const frame: Frame = { height, left: 56, right: width - GAP };
  const counts = models.flatMap(({ byObjects }) => byObjects.map(({ objects }) => objects));
  const [least, most] = [Math.min(2, ...counts), Math.max(2 * inDistribution, ...counts)];
  const across = frame.right - frame.left;
  // By hand, as is the axis of shares: d3-scale would be most of what other sites load (site/elsewhere).
  const x = (objects: number) =>
    frame.left + (across * Math.log(objects / least)) / Math.log(most / least);
  const ticks = TICKS.filter((objects) => objects >= least && objects <= most);
  return { frame, x, y: shareScale(frame), ticks };
}

/** Curves of models, with intervals as bars. */
export function accuracyCurves(
  curves: Curves,
  locale: Locale,
  { width = WIDTH, height = HEIGHT }: Partial<Room> = {},
): Markup[] {
  const { inDistribution } = curves;
  const { frame, x, y, ticks } = accuracyScales(curves, { width, height });
  const said = FIGURE_WORDS[locale];
  const border = x(Math.sqrt(inDistribution * (inDistribution + 1)));

  const zone = element('rect', {
    class: 'beyond',
    x: border,
    y: 0,
    width: frame.right - border,
    height,
  });
  const edge = element('line', { class: 'edge', x1: border, x2: border, y1: -20, y2: height });
  const names = [
    label(border - 8, -12, 'tick y', said.asTrained),
    label(border + 8, -12, 'tick key', said.beyond),
  ];
  const numbers = ticks.map((objects) => label(x(objects), height + 16, 'tick x', String(objects)));
  const drawn = curves.models.map((of) => curve(of, x, y, locale));
  const axis = axisTitle(said.objects, frame);
  return [zone, ...shareAxis(frame).marks, edge, ...names, ...numbers, ...drawn, axis];
}

type Scale = (value: number) => number;

function curve(
  { model, place, byObjects }: Curves['models'][number],
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
    const { objects, accuracy, interval } = point;
    const [low, high] = interval.map(y);
    const said = `${model}, ${FIGURE_WORDS[locale].at(objects)}: ${inWords(point, locale)}`;
    return element(
      'g',
      {},
      element('title', {}, words(said)),
      element('line', { class: 'whisker', x1: x(objects), x2: x(objects), y1: low, y2: high }),
      marker(place, x(objects), y(accuracy)),
    );
  });
  return element(
    'g',
    { class: seriesClass(place) },
    element('path', { class: 'curve', d: path([...byObjects]) ?? '' }),
    ...points,
  );
}

export function marker(place: number, x: number, y: number): Markup {
  const at = (value: number) => Math.round(value * 10) / 10;
  return element('path', {
    class: 'marker',
    d: markerPath(place),
    transform: `translate(${at(x)} ${at(y)})`,
  });
}

/** `72.7 % [72.2, 73.2], 20,354 of 28,000 right`. */
export function inWords(
  { accuracy, interval, correct, count }: Proportion,
  locale: Locale,
): string {
  const said = FIGURE_WORDS[locale].rightOf(countIn(locale, correct), countIn(locale, count));
  return `${percentIn(locale, accuracy)} ${intervalIn(locale, interval)}, ${said}`;
}

/** `20,354 / 28,000`. */
export const countsIn = ({ correct, count }: Proportion, locale: Locale): string =>
  `${countIn(locale, correct)} / ${countIn(locale, count)}`;

/** `[72.2, 73.2], 20,354 / 28,000`. */
export const bracketed = (share: Proportion, locale: Locale): string =>
  `${intervalIn(locale, share.interval)}, ${countsIn(share, locale)}`;

/** `72.7 % [72.2, 73.2], 20,354 / 28,000`. */
export const inFigures = (share: Proportion, locale: Locale): string =>
  `${percentIn(locale, share.accuracy)} ${bracketed(share, locale)}`;

/** What can be read off, for those who cannot see it. */
export function describeAccuracy({ models, inDistribution }: Accuracies, locale: Locale): string {
  const { upTo, moreThan } = FIGURE_WORDS[locale];
  return models
    .map(({ model, id, ood }) => {
      const inside = `${upTo(inDistribution)}: ${inWords(id, locale)}`;
      return `${model}: ${inside}; ${moreThan(inDistribution)}: ${inWords(ood, locale)}.`;
    })
    .join(' ');
}

export interface AccuracyPlot {
  readonly title: string;
  readonly accuracies: Accuracies;
  readonly locale: Locale;
  readonly theme: Theme;
}

const ROW = 24;
/** Characters of a name that the key has room for, and what one takes at most. */
const NAME = { longest: 28, character: 8 } as const;

/** Of the key: marker, name, accuracy as in training, accuracy beyond it. */
function columnsFor(names: readonly string[]): [number, number, number, number] {
  const longest = Math.max(...names.map(({ length }) => Math.min(length, NAME.longest)));
  const inside = Math.max(200, 54 + NAME.character * longest);
  return [30, 46, inside, Math.max(490, inside + 274)];
}

const shortened = (name: string): string =>
  name.length <= NAME.longest ? name : `${name.slice(0, NAME.longest - 1)}…`;

/** The figure that stands for itself: curves, and below them a key with what they come to. */
export function plotAccuracy({ title, accuracies, locale, theme }: AccuracyPlot): string {
  const { models: series, inDistribution } = accuracies;
  const said = FIGURE_WORDS[locale];
  const curves: Panel = {
    title: '',
    height: HEIGHT + BELOW,
    body: accuracyCurves(accuracies, locale),
  };
  const [mark, ...columns] = columnsFor(series.map(({ model }) => model));
  const heads = [said.model, said.upTo(inDistribution), said.moreThan(inDistribution)];
  const rows = series.map(({ model, place, id, ood }, row) => {
    const [name, inside, beyond] = columns;
    return element(
      'g',
      { class: seriesClass(place), transform: `translate(0 ${ROW * (row + 1)})` },
      marker(place, mark, 0),
      label(name, 0, 'key panel', shortened(model)),
      label(inside, 0, 'key', inFigures(id, locale)),
      label(beyond, 0, 'key', inFigures(ood, locale)),
    );
  });
  const key: Panel = {
    title: '',
    height: ROW * (series.length + 1) + 8,
    body: [
      ...heads.map((head, place) => label(columns[place], 0, 'tick key', head)),
      ...rows,
      label(columns[0], ROW * (series.length + 1) + 4, 'tick key', said.intervals),
    ],
  };
  const description = describeAccuracy(accuracies, locale);
  return plotDocument({ title, description }, [curves, key], [], theme);
}
