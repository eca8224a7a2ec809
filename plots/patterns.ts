import type { OUTCOMES } from '../contract/probes.ts';
import { element, type Markup } from './svg.ts';

/** A rectangle in user units, from its upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A bar of an outcome. As colour alone does not tell everyone, positional is hatched and reflexive
 * dotted, as on the pages. Every line is drawn: a pattern of SVG needs an id, and figures of one page
 * would share it.
 */
export function outcomeBar(
  outcome: (typeof OUTCOMES)[number],
  box: Box,
  ...inner: Markup[]
): Markup {
  const { x, y, width, height } = box;
  const bar = element('rect', { class: outcome, x, y, width, height }, ...inner);
  const drawn = outcome === 'positional' ? hatch(box) : outcome === 'reflexive' ? dots(box) : '';
  if (drawn === '') return bar;
  return element('g', {}, bar, element('path', { class: `texture of-${outcome}`, d: drawn }));
}

/** User units between lines, and between dots. */
const STEP = 9;

function hatch({ x, y, width, height }: Box): string {
  const count = Math.floor((width + height) / STEP);
  return Array.from({ length: count }, (_, line) => {
    // Points of a line have the same sum of distances from the upper left corner.
    const sum = STEP * (line + 0.5);
    const from = at(x + Math.max(0, sum - height), y + Math.min(sum, height));
    const to = at(x + Math.min(sum, width), y + Math.max(0, sum - width));
    return `M${from}L${to}`;
  }).join('');
}

function dots({ x, y, width, height }: Box): string {
  const rows = Math.floor((height - 2) / STEP);
  const columns = Math.floor((width - 2) / STEP);
  const places = Array.from({ length: Math.max(0, rows * columns) }, (_, dot) => [
    x + (width - STEP * (columns - 1)) / 2 + STEP * (dot % columns),
    y + STEP * (Math.floor(dot / columns) + 0.6),
  ]);
  return places.map(([across, down]) => `M${at(across, down)}h.1`).join('');
}

const at = (x: number, y: number): string =>
  `${Math.round(10 * x) / 10} ${Math.round(10 * y) / 10}`;
