import { rightOf, type FigureStyle } from './document.ts';
import { element, label, type Markup } from './svg.ts';

/** The edges of a chart of shares, in user units. */
export interface Frame {
  readonly height: number;
  readonly left: number;
  readonly right: number;
}

/** Height and left edge of a panel of shares. */
export const SHARES = { height: 180, left: 70 } as const;

/** The edges of a panel of shares. */
export const sharesFrame = (style: Pick<FigureStyle, 'width'>): Frame => ({
  ...SHARES,
  right: rightOf(style),
});

const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** The y coordinate of a share; 100 % is at 0. */
export const shareScale =
  ({ height }: Pick<Frame, 'height'>) =>
  (share: number): number =>
    height * (1 - share);

/** An axis from 0 to 100 %. */
export function shareAxis(frame: Frame) {
  const { left, right } = frame;
  const y = shareScale(frame);
  const marks = TICKS.flatMap((share) => [
    element('line', { class: 'rule', x1: left - 6, x2: right, y1: y(share), y2: y(share) }),
    label(left - 10, y(share), 'tick y', `${100 * share} %`),
  ]);
  return { y, marks };
}

/** The title of the horizontal axis, below its ticks. */
export const axisTitle = (text: string, { height, left, right }: Frame): Markup =>
  label((left + right) / 2, height + 34, 'axis', text);
