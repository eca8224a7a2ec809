import { RIGHT } from './document.ts';
import { element, label, type Markup } from './svg.ts';

/** Where a panel that shows shares has its axes, in user units. */
export interface Frame {
  readonly height: number;
  readonly left: number;
  readonly right: number;
}

/** Height of a panel that shows shares, and where its axis stands. */
export const SHARES = { height: 180, left: 70, right: RIGHT } as const;

const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** Where shares stand, from 100 % at 0 downwards. */
export const shareScale =
  ({ height }: Pick<Frame, 'height'>) =>
  (share: number): number =>
    height * (1 - share);

/** An axis from 0 to 100 %. */
export function shareAxis(frame: Frame = SHARES) {
  const { left, right } = frame;
  const y = shareScale(frame);
  const marks = TICKS.flatMap((share) => [
    element('line', { class: 'rule', x1: left - 6, x2: right, y1: y(share), y2: y(share) }),
    label(left - 10, y(share), 'tick y', `${100 * share} %`),
  ]);
  return { y, marks };
}

/** What the horizontal axis shows, below its ticks. */
export const axisTitle = (text: string, { height, left, right }: Frame = SHARES): Markup =>
  label((left + right) / 2, height + 34, 'axis', text);
