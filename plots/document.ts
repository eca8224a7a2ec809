import type { Theme } from '../contract/theme-locale.ts';
import { plotStyle } from './style.ts';
import { element, label, textNode, type Markup } from './svg.ts';

/** In user units; a figure scales to its container. */
export const WIDTH = 800;
export const RIGHT = WIDTH - 24;

/** A part of a figure; parts are stacked vertically. */
export interface Panel {
  readonly title: string;
  /** Height without the title. */
  readonly height: number;
  /** Starts at y = 0. */
  readonly body: readonly Markup[];
}

export interface PlotText {
  readonly title: string;
  /** The content in words, for screen readers. */
  readonly description: string;
}

const MARGIN = 24;
const TITLE = 34;

/** A standalone figure. @param legend a line below the title */
export function plotDocument(
  { title, description }: PlotText,
  panels: readonly Panel[],
  legend: readonly Markup[] = [],
  theme: Theme = 'auto',
): string {
  const head = MARGIN + TITLE + (legend.length > 0 ? TITLE : 0);
  let y = head;
  const drawn = panels.map((panel) => {
    const group = element(
      'g',
      { transform: `translate(0 ${y})` },
      label(MARGIN, 16, 'panel', panel.title),
      element('g', { transform: `translate(0 ${TITLE})` }, ...panel.body),
    );
    y += TITLE + panel.height + MARGIN;
    return group;
  });
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${WIDTH} ${y}`,
    role: 'img',
    'aria-labelledby': 'title description',
  };
  return element(
    'svg',
    attributes,
    element('title', { id: 'title' }, textNode(title)),
    element('desc', { id: 'description' }, textNode(description)),
    element('style', {}, textNode(plotStyle(theme))),
    element('rect', { width: WIDTH, height: y, fill: 'var(--canvas)' }),
    label(MARGIN, MARGIN + 12, 'title', title),
    element('g', { transform: `translate(${MARGIN} ${MARGIN + TITLE})` }, ...legend),
    ...drawn,
  );
}
