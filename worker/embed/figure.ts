import { html, raw } from 'hono/html';
import type { Markup } from '../../plots/svg.ts';

/** A figure at one width, in user units. */
interface Drawing {
  readonly height: number;
  readonly body: readonly Markup[];
}

/** Widths that a figure is drawn at: which is shown is up to the frame, as words must stay legible. */
const WIDTHS = { wide: 720, narrow: 340 } as const;

/** Frames below this many pixels get the narrow one (site/embed/style.css). */
export const NARROW = 560;

export type Draw = (width: number) => Drawing;

/** @param description what can be read off, for those who cannot see it */
export function figure(description: string, draw: Draw) {
  return html`<figure>
    ${Object.entries(WIDTHS).map(([name, width]) => {
      const { height, body } = draw(width);
      return html`<svg
        class="${name}"
        viewBox="0 0 ${width} ${height}"
        role="img"
        aria-label="${description}"
      >
        ${raw(body.join(''))}
      </svg>`;
    })}
  </figure>`;
}

/** How high a figure comes out in so many pixels. */
export function heightIn(pixels: number, draw: Draw): number {
  const width = pixels < NARROW ? WIDTHS.narrow : WIDTHS.wide;
  return (pixels / width) * draw(width).height;
}

/** How high a table of models is: where frames are narrow, intervals and counts stand below shares. */
export function tableHeight(pixels: number, rows: number): number {
  return 40 + rows * (pixels < NARROW ? 80 : 38);
}
