import type { Theme } from '../contract/theme-locale.ts';
import { plotStyle } from './style.ts';
import { element, label, words, type Markup } from './svg.ts';

/** User units; a drawing scales to its container. */
export const WIDTH = 800;
export const RIGHT = WIDTH - 24;

/** A part of a plot; parts stand one below the other. */
export interface Panel {
  readonly title: string;
  /** Height below the title. */
  readonly height: number;
  /** Drawn from y = 0 on. */
  readonly body: readonly Markup[];
}

export interface PlotText {
  readonly title: string;
  /** What can be read off, for those who cannot see it. */
  readonly description: string;
}

const MARGIN = 24;
const TITLE = 34;

/** @param legend a line below the title */
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
    element('title', { id: 'title' }, words(title)),
    element('desc', { id: 'description' }, words(description)),
    element('style', {}, words(plotStyle(theme))),
    element('rect', { width: WIDTH, height: y, fill: 'var(--paper)' }),
    label(MARGIN, MARGIN + 12, 'title', title),
    element('g', { transform: `translate(${MARGIN} ${MARGIN + TITLE})` }, ...legend),
    ...drawn,
  );
}
