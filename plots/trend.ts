import { line } from 'd3-shape';
import type { Trend, TrendPoint } from '../contract/history.ts';
import type { Theme } from '../contract/theme-locale.ts';
import { describeCondition } from '../task/conditions.ts';
import { LIMITS } from '../task/spec.ts';
import { axisTitle, shareAxis, SHARES } from './axes.ts';
import { plotDocument } from './document.ts';
import { seriesClass } from './palette.ts';
import { element, label, textNode, type Markup } from './svg.ts';
import { describeProportion } from './accuracy.ts';

/** Most dates below the axis. */
const MAX_DATES = 6;

/** A metric of a model by run, with 95 % intervals and a line where the model file changed. */
export function plotTrend(trend: Trend, theme: Theme = 'auto'): string {
  const { model, points } = trend;
  const title = `${model}: ${metricOf(trend)}`;
  if (points.length === 0) {
    const panel = { title: 'No run has measured this metric yet.', height: 0, body: [] };
    return plotDocument({ title, description: panel.title }, [panel], [], theme);
  }
  const step = (SHARES.right - SHARES.left) / points.length;
  const x = (index: number) => SHARES.left + step * (index + 0.5);
  const { y, marks } = shareAxis();
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
      element('title', {}, textNode(describePoint(point))),
      ...(changed ? [changeLine(x(index))] : []),
      element('line', { class: 'whisker', x1: x(index), x2: x(index), y1: y(low), y2: y(high) }),
      element('circle', { class: 'marker', cx: x(index), cy: y(point.accuracy), r: 4 }),
    );
  });
  const every = Math.ceil(points.length / MAX_DATES);
  const dates = points.flatMap(({ created }, index) =>
    index % every === 0
      ? [label(x(index), SHARES.height + 16, 'tick x', created.slice(0, 10))]
      : [],
  );
  const curve = element('path', { class: 'curve', d: path(points) ?? '' });
  const body = [...marks, element('g', { class: seriesClass(0) }, curve, ...drawn), ...dates];
  const panel = {
    title: `${points.length} runs; a vertical line marks a new model file`,
    height: SHARES.height + 40,
    body: [...body, axisTitle('run')],
  };
  return plotDocument(
    { title, description: points.map(describePoint).join(' ') },
    [panel],
    [],
    theme,
  );
}

const changeLine = (x: number): Markup =>
  element('line', { class: 'rule', x1: x, x2: x, y1: 0, y2: SHARES.height });

const describePoint = (point: TrendPoint): string => {
  const file = point.digest === null ? '' : `, file ${point.digest.slice(0, 12)}`;
  const note = point.label === null ? '' : `, ${point.label}`;
  return `${point.created.slice(0, 16)}${note}: ${describeProportion(point, 'en')}${file}.`;
};

function metricOf({ metric, objects, modality, order }: Trend): string {
  const names = {
    objects: `accuracy at ${objects ?? 0} objects`,
    id: `accuracy up to ${LIMITS.inDistribution} objects`,
    ood: `accuracy beyond ${LIMITS.inDistribution} objects`,
    symbolic: 'symbolic share',
  };
  return `${names[metric]}, ${describeCondition({ modality, order })}`;
}
