import { scaleLinear } from 'd3-scale';
import { RIGHT } from './document.ts';
import { element, label, type Markup } from './svg.ts';

/** Height of a panel that shows shares, and where its axis stands. */
export const SHARES = { height: 180, left: 70 } as const;

/** An axis from 0 to 100 %. */
export function shareAxis() {
  const { height, left } = SHARES;
  const y = scaleLinear([0, 1], [height, 0]);
  const marks = y
    .ticks(4)
    .flatMap((share) => [
      element('line', { class: 'rule', x1: left - 6, x2: RIGHT, y1: y(share), y2: y(share) }),
      label(left - 10, y(share), 'tick y', `${100 * share} %`),
    ]);
  return { y, marks };
}

/** What the horizontal axis shows, below its ticks. */
export const axisTitle = (text: string): Markup =>
  label((SHARES.left + RIGHT) / 2, SHARES.height + 34, 'axis', text);
