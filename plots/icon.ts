import { colourIn } from './palette.ts';
import { element, textNode, type Markup } from './svg.ts';

/** The logo in a square of 32 units: two things that are bound to each other. */
const logo = (): Markup[] => [
  element('circle', { class: 'filled', cx: 8, cy: 16, r: 6 }),
  element('path', { d: 'M14 16h5' }),
  element('rect', { x: 19, y: 10, width: 11, height: 12 }),
];

const LINES = 'fill:none;stroke-width:2.8';

/** The icon of the site, light or dark as the browser is. */
export function drawIcon(): string {
  const colour = (scheme: 'light' | 'dark') => colourIn(scheme, 'foreground');
  const style =
    `path,rect,circle{${LINES};stroke:${colour('light')}}.filled{fill:${colour('light')}}` +
    `@media (prefers-color-scheme:dark){path,rect,circle{stroke:${colour('dark')}}` +
    `.filled{fill:${colour('dark')}}}`;
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: '0 0 32 32' },
    element('style', {}, textNode(style)),
    ...logo(),
  );
}

/** The icon on a background, with a margin that systems may cut round: for pixels. */
export function drawIconTile(): string {
  const ink = colourIn('light', 'foreground');
  const style = `g{${LINES};stroke:${ink}}.filled{fill:${ink}}`;
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: '-8 -8 48 48' },
    element('style', {}, textNode(style)),
    element('rect', { x: -8, y: -8, width: 48, height: 48, fill: colourIn('light', 'background') }),
    element('g', {}, ...logo()),
  );
}
