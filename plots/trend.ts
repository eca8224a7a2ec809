import { scalePoint } from 'd3-scale';
import { line } from 'd3-shape';
import type { Trend, TrendPoint } from '../contract/history.ts';
import type { Theme } from '../contract/theme-locale.ts';
import { LIMITS } from '../task/spec.ts';
import { axisTitle, shareAxis, SHARES } from './axes.ts';
import { plotDocument } from './document.ts';
import { seriesClass } from './palette.ts';
import { element, label, words, type Markup } from './svg.ts';
import { inWords } from './accuracy.ts';

/** Dates that fit below the axis. */
const DATES = 6;

/** A metric of a model from run to run, with 95 % intervals; where the file changed is marked. */
export function plotTrend(trend: Trend, theme: Theme = 'auto'): string {
  const { model, points } = trend;
  const title = `${model}: ${metricOf(trend)}`;
  if (points.length === 0) {
    const panel = { title: 'No run has measured this yet.', height: 0, body: [] };
    return plotDocument({ title, description: panel.title }, [panel], [], theme);
  }
  const runs = points.map(({ run }) => run);
  const scale = scalePoint(runs, [SHARES.left, SHARES.right]).padding(0.5);
  const x = ({ run }: TrendPoint) => scale(run) ?? SHARES.left;
  const { y, marks } = shareAxis();
  const path = line<TrendPoint>()
    .x(x)
    .y(({ accuracy }) => y(accuracy))
    .digits(1);
  const drawn = points.map((point, place) => {
    const [low, high] = point.interval.map(y);
    const changed = place > 0 && points[place - 1].digest !== point.digest;
    return element(
      'g',
      {},
      element('title', {}, words(said(point))),
      ...(changed ? [edge(x(point))] : []),
      element('line', { class: 'whisker', x1: x(point), x2: x(point), y1: low, y2: high }),
      element('circle', { class: 'marker', cx: x(point), cy: y(point.accuracy), r: 4 }),
    );
  });
  const every = Math.ceil(points.length / DATES);
  const dates = points
    .filter((_, place) => place % every === 0)
    .map((point) => label(x(point), SHARES.height + 16, 'tick x', point.created.slice(0, 10)));
  const curve = element('path', { class: 'curve', d: path(points) ?? '' });
  const body = [...marks, element('g', { class: seriesClass(0) }, curve, ...drawn), ...dates];
  const panel = {
    title: `${points.length} runs; a line where the model file is another`,
    height: SHARES.height + 40,
    body: [...body, axisTitle('run')],
  };
  return plotDocument({ title, description: points.map(said).join(' ') }, [panel], [], theme);
}

const edge = (at: number): Markup =>
  element('line', { class: 'rule', x1: at, x2: at, y1: 0, y2: SHARES.height });

const said = (point: TrendPoint): string => {
  const file = point.digest === null ? '' : `, file ${point.digest.slice(0, 12)}`;
  const why = point.label === null ? '' : `, ${point.label}`;
  return `${point.created.slice(0, 16)}${why}: ${inWords(point, 'en')}${file}.`;
};

function metricOf({ metric, objects, modality, order }: Trend): string {
  const what = {
    objects: `accuracy at ${objects ?? 0} objects`,
    id: `accuracy up to ${LIMITS.inDistribution} objects`,
    ood: `accuracy beyond ${LIMITS.inDistribution} objects`,
    symbolic: 'symbolic share',
  };
  return `${what[metric]}, ${modality}, order ${order}`;
}
