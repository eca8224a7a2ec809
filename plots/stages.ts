import { scaleLinear } from 'd3-scale';
import type { Frame } from './axes.ts';
import { formatNumber } from '../statistics/format.ts';
import type { Locale } from '../contract/theme-locale.ts';
import { MEASUREMENT_LABELS } from './measurement-labels.ts';
import { element, label, textNode, type Markup } from './svg.ts';

/** A stage of training, with its first and last step. */
export interface StageSpan {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** The stages of a training curve, in order; each starts where the previous one ended. */
export function stagesOf(curve: readonly { step: number; stage: string }[]): StageSpan[] {
  const stages: { name: string; from: number; to: number }[] = [];
  for (const { step, stage } of curve) {
    const last = stages.at(-1);
    if (last?.name === stage) last.to = step;
    else stages.push({ name: stage, from: last?.to ?? 0, to: step });
  }
  return stages;
}

/** Approximate width, in user units. */
const CHARACTER = 7;
const ROW = 15;

/** The axis of training steps, with a line at the start of each stage. */
export function stepAxis(
  stages: readonly StageSpan[],
  { height, left, right }: Frame,
  locale: Locale,
) {
  const last = stages.at(-1)?.to ?? 1;
  const x = scaleLinear([0, last], [left, right]);
  const starts = stages.map(({ name, from, to }) =>
    element(
      'line',
      { class: 'stage', x1: x(from), x2: x(from), y1: 0, y2: height },
      element('title', {}, textNode(MEASUREMENT_LABELS[locale].stage(name, from, to))),
    ),
  );
  const ticks = x
    .ticks(right - left < 400 ? 3 : 6)
    .map((step) => label(x(step), height + 16, 'tick x', formatNumber(step, { locale })));
  return { x, marks: [...starts, ...ticks] };
}

/** Names of the stages above their starts, in as many rows as are needed to avoid overlaps. */
export function stageNames(stages: readonly StageSpan[], x: (step: number) => number) {
  const ends: number[] = [];
  const drawn = stages.map(({ name, from }): Markup => {
    const start = x(from);
    const free = ends.findIndex((end) => end < start);
    const row = free < 0 ? ends.length : free;
    ends[row] = start + CHARACTER * (name.length + 1);
    return label(start + 3, ROW * row + 10, 'tick', name);
  });
  return { drawn, height: ROW * ends.length };
}
