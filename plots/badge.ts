import { colourIn, type ColourName } from './palette.ts';
import { element, textNode } from './svg.ts';

export interface Badge {
  readonly label: string;
  readonly message: string;
  /** The full text of the tooltip. */
  readonly title: string;
  /** The ground of the message, for white text; by default neutral, since a badge does not rate a model. */
  readonly colour?: ColourName;
}

const HEIGHT = 20;
const PADDING = 6;

/** Approximate width in Verdana at 11 pixels; `textLength` makes the browser fit the text to it. */
function widthOf(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + advance(character), 0);
}

function advance(character: string): number {
  if (/[0-9a-z]/.test(character)) return 6.8;
  if (/[\s.,;-]/.test(character)) return 4.2;
  return character === '%' ? 11.8 : 8.4;
}

/** A badge for READMEs: a label and a message, side by side. */
export function drawBadge({ label, message, title, colour = BADGE_COLOUR }: Badge): string {
  const left = widthOf(label) + 2 * PADDING;
  const width = left + widthOf(message) + 2 * PADDING;
  const text = (content: string, from: number, to: number) =>
    element(
      'text',
      { x: (from + to) / 2, y: 14, textLength: to - from - 2 * PADDING, 'text-anchor': 'middle' },
      textNode(content),
    );
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height: HEIGHT,
      viewBox: `0 0 ${width} ${HEIGHT}`,
      role: 'img',
      'aria-labelledby': 'title',
    },
    element('title', { id: 'title' }, textNode(title)),
    element('rect', { width, height: HEIGHT, rx: 3, fill: colourIn('light', 'muted') }),
    element('path', {
      d: `M${left} 0H${width - 3}a3 3 0 0 1 3 3V${HEIGHT - 3}a3 3 0 0 1-3 3H${left}Z`,
      fill: colourIn('light', colour),
    }),
    element(
      'g',
      { fill: '#fff', 'font-family': 'Verdana, DejaVu Sans, sans-serif', 'font-size': 11 },
      text(label, 0, left),
      text(message, left, width),
    ),
  );
}

const BADGE_COLOUR: ColourName = 'accent';

/** The colour of a badge as shields.io takes it: six digits. */
export const shieldsColour = (colour: ColourName = BADGE_COLOUR): string =>
  colourIn('light', colour).slice(1);
