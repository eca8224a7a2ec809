import type { Outcome } from './labels.ts';
import { element, roundCoordinate, type Markup } from './svg.ts';

/** A rectangle in user units, from its upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A bar of an outcome. Positional bars are hatched and reflexive bars dotted, since not all readers
 * distinguish the colours. The texture is a path: an SVG pattern needs an id, which would clash between
 * figures of one page.
 */
export function outcomeBar(outcome: Outcome, box: Box, ...inner: Markup[]): Markup {
  const { x, y, width, height } = box;
  const bar = element('rect', { class: outcome, x, y, width, height }, ...inner);
  if (outcome !== 'positional' && outcome !== 'reflexive') return bar;
  const [texture, d] = outcome === 'positional' ? ['hatch', hatch(box)] : ['dots', dots(box)];
  return element('g', {}, bar, element('path', { class: `texture ${texture}`, d }));
}

/** User units between lines and between dots. */
const STEP = 9;

function hatch({ x, y, width, height }: Box): string {
  const count = Math.floor((width + height) / STEP);
  return Array.from({ length: count }, (_, line) => {
    // The points of a line have the same sum of distances from the left and from the top.
    const sum = STEP * (line + 0.5);
    const start = point(x + Math.max(0, sum - height), y + Math.min(sum, height));
    const end = point(x + Math.min(sum, width), y + Math.max(0, sum - width));
    return `M${start}L${end}`;
  }).join('');
}

function dots({ x, y, width, height }: Box): string {
  const rows = Math.floor((height - 2) / STEP);
  const columns = Math.floor((width - 2) / STEP);
  const left = x + (width - STEP * (columns - 1)) / 2;
  return Array.from({ length: Math.max(0, rows * columns) }, (_, dot) => {
    const [row, column] = [Math.floor(dot / columns), dot % columns];
    return `M${point(left + STEP * column, y + STEP * (row + 0.6))}h.1`;
  }).join('');
}

const point = (x: number, y: number): string => `${roundCoordinate(x)} ${roundCoordinate(y)}`;
