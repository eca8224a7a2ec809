import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { axisTitle, type Frame } from '../plots/axes.ts';
import { DEFAULT_STYLE, plotDocument, rightOf } from '../plots/document.ts';
import { seriesClass } from '../plots/palette.ts';
import { element, label, textNode } from '../plots/svg.ts';
import { amount } from './result-text.ts';
import type { Curve, Figure } from './result.ts';

/** The file of a curve's figure, without its folder. */
export const figureNameOf = ({ x }: Pick<Curve, 'x'>): string =>
  `growth-${x.replaceAll(' ', '-')}.svg`;

/** How a cost grows, and below it the memory that the isolate holds. */
export function drawCurve(curve: Curve): string {
  const { what, x, unit, points } = curve;
  const panels = [panel(curve, what, unit, points)];
  const held = points.flatMap((point) =>
    point.memory === undefined ? [] : [{ x: point.x, value: point.memory }],
  );
  if (held.length > 0) panels.push(panel(curve, 'Memory that the isolate holds', 'MB', held));
  const description = points.map((point) => `${point.x}: ${amount(point.value, unit)}`).join('; ');
  return plotDocument({ title: `Growth with ${x}`, description }, panels);
}

function panel(
  { x: axis }: Curve,
  title: string,
  unit: Figure['unit'],
  points: readonly { readonly x: number; readonly value: number }[],
) {
  const frame: Frame = { height: 160, left: 90, right: rightOf(DEFAULT_STYLE) };
  const x = scaleLinear(
    [0, Math.max(...points.map((point) => point.x))],
    [frame.left, frame.right - 20],
  );
  const y = scaleLinear(
    [0, Math.max(...points.map(({ value }) => value))],
    [frame.height, 0],
  ).nice();
  const rules = y.ticks(4).flatMap((value) => [
    element('line', {
      class: 'rule',
      x1: frame.left - 6,
      x2: frame.right,
      y1: y(value),
      y2: y(value),
    }),
    label(frame.left - 10, y(value), 'tick y', `${value} ${unit}`),
  ]);
  const ticks = x
    .ticks(6)
    .map((value) => label(x(value), frame.height + 16, 'tick x', String(value)));
  const path = line<{ x: number; value: number }>()
    .x((point) => x(point.x))
    .y((point) => y(point.value))
    .digits(1);
  const markers = points.map((point) =>
    element(
      'circle',
      { class: 'marker', cx: x(point.x), cy: y(point.value), r: 4 },
      element('title', {}, textNode(`${point.x}: ${amount(point.value, unit)}`)),
    ),
  );
  const drawn = element(
    'g',
    { class: seriesClass(0) },
    element('path', { class: 'curve', d: path(points) ?? '' }),
    ...markers,
  );
  return {
    title,
    height: frame.height + 40,
    body: [...rules, ...ticks, drawn, axisTitle(axis, frame)],
  };
}
