import { line } from 'd3-shape';
import type { Trend, TrendPoint } from '../contract/history.ts';
import type { Locale } from '../contract/theme-locale.ts';
import { LIMITS } from '../task/spec.ts';
import { axisTitle, shareAxis, sharesFrame, type Frame } from './axes.ts';
import { DEFAULT_STYLE, plotDocument, type FigureStyle } from './document.ts';
import { MEASUREMENT_LABELS } from './measurement-labels.ts';
import { seriesClass } from './palette.ts';
import { element, label, textNode, type Markup } from './svg.ts';
import { describeProportion } from './accuracy.ts';

/** Pixels per date below the axis. */
const DATE_WIDTH = 110;

/** A metric of a model by run, with 95 % intervals and a line where the model file changed. */
export function plotTrend(trend: Trend, style: FigureStyle = DEFAULT_STYLE): string {
  const { model, points } = trend;
  const { locale } = style;
  const labels = MEASUREMENT_LABELS[locale].trend;
  const title = `${model}: ${metricOf(trend, locale)}`;
  if (points.length === 0) {
    const panel = { title: labels.none, height: 0, body: [] };
    return plotDocument({ title, description: panel.title }, [panel], undefined, style);
  }
  const frame = sharesFrame(style);
  const step = (frame.right - frame.left) / points.length;
  const x = (index: number) => frame.left + step * (index + 0.5);
  const { y, marks } = shareAxis(frame);
  const path = line<TrendPoint>()
    .x((_, index) => x(index))
    .y(({ accuracy }) => y(accuracy))
    .digits(1);
  const drawn = points.map((point, index) => {
    const [low, high] = point.interval;
    const previous = points[index - 1];
    const changed = previous !== undefined && previous.digest !== point.digest;
    return element(
      'g',
      {},
      element('title', {}, textNode(describePoint(point, locale))),
      ...(changed ? [changeLine(x(index), frame)] : []),
      element('line', { class: 'whisker', x1: x(index), x2: x(index), y1: y(low), y2: y(high) }),
      element('circle', { class: 'marker', cx: x(index), cy: y(point.accuracy), r: 4 }),
    );
  });
  const fitting = Math.floor((frame.right - frame.left) / DATE_WIDTH);
  const every = Math.ceil(points.length / Math.max(1, fitting));
  const dates = points.flatMap(({ created }, index) =>
    index % every === 0 ? [label(x(index), frame.height + 16, 'tick x', created.slice(0, 10))] : [],
  );
  const curve = element('path', { class: 'curve', d: path(points) ?? '' });
  const body = [...marks, element('g', { class: seriesClass(0) }, curve, ...drawn), ...dates];
  const panel = {
    title: labels.runs(points.length),
    height: frame.height + 40,
    body: [...body, axisTitle(labels.run, frame)],
  };
  return plotDocument(
    { title, description: points.map((point) => describePoint(point, locale)).join(' ') },
    [panel],
    undefined,
    style,
  );
}

const changeLine = (x: number, { height }: Frame): Markup =>
  element('line', { class: 'rule', x1: x, x2: x, y1: 0, y2: height });

const describePoint = (point: TrendPoint, locale: Locale): string => {
  const { file: fileName } = MEASUREMENT_LABELS[locale].trend;
  const file = point.digest === null ? '' : `, ${fileName} ${point.digest.slice(0, 12)}`;
  const note = point.label === null ? '' : `, ${point.label}`;
  return `${point.created.slice(0, 16)}${note}: ${describeProportion(point, locale)}${file}.`;
};

function metricOf({ metric, objects, modality, order }: Trend, locale: Locale): string {
  const { trend, condition } = MEASUREMENT_LABELS[locale];
  const names = {
    objects: trend.atObjects(objects ?? 0),
    id: trend.upTo(LIMITS.inDistribution),
    ood: trend.beyond(LIMITS.inDistribution),
    symbolic: trend.symbolic,
  };
  return `${names[metric]}, ${condition({ modality, order })}`;
}
