import type { Locale, Theme } from '../contract/theme-locale.ts';
import { plotStyle } from './style.ts';
import { element, label, textNode, type Markup } from './svg.ts';
import { wrapText } from './wrap-text.ts';

/** Width of a figure without a given one, in user units; it scales to its container. */
export const DEFAULT_WIDTH = 800;

/** Below this width, figures put side by side less. */
export const NARROW_FIGURE = 560;

/** How a figure looks. */
export interface FigureStyle {
  readonly theme: Theme;
  readonly locale: Locale;
  /** In pixels; the figure is laid out for it. */
  readonly width?: number | undefined;
}

export const DEFAULT_STYLE: FigureStyle = { theme: 'auto', locale: 'en' };

export const widthOf = ({ width = DEFAULT_WIDTH }: Pick<FigureStyle, 'width'>): number => width;

/** The right edge of charts. */
export const rightOf = (style: Pick<FigureStyle, 'width'>): number => widthOf(style) - MARGIN;

/** A part of a figure; parts are stacked vertically. */
export interface Panel {
  readonly title: string;
  /** Height without the title. */
  readonly height: number;
  /** Starts at y = 0. */
  readonly body: readonly Markup[];
}

/** A line or more below the title. */
export interface Legend {
  readonly height: number;
  readonly body: readonly Markup[];
}

export interface PlotText {
  readonly title: string;
  /** The content in words, for screen readers. */
  readonly description: string;
}

const MARGIN = 24;
const TITLE = 34;
const NO_LEGEND: Legend = { height: 0, body: [] };

/** Approximate widths of a character and height of a line, in pixels. */
const TITLE_TEXT = { character: 9, line: 21 } as const;
const PANEL_TEXT = { character: 7.2, line: 17 } as const;

/** A standalone figure. */
export function plotDocument(
  { title, description }: PlotText,
  panels: readonly Panel[],
  legend: Legend = NO_LEGEND,
  style: FigureStyle = DEFAULT_STYLE,
): string {
  const width = widthOf(style);
  const lines = ({ character }: { readonly character: number }, text: string) =>
    wrapText(text, Math.floor((width - 2 * MARGIN) / character));
  const titleLines = lines(TITLE_TEXT, title);
  const legendTop = MARGIN + TITLE + TITLE_TEXT.line * (titleLines.length - 1);
  let y = legendTop + (legend.height > 0 ? legend.height + 14 : 0);
  const drawn = panels.map((panel) => {
    const rows = lines(PANEL_TEXT, panel.title);
    const names = rows.map((row, index) =>
      label(MARGIN, 16 + PANEL_TEXT.line * index, 'panel', row),
    );
    const below = TITLE + PANEL_TEXT.line * Math.max(0, rows.length - 1);
    const group = element(
      'g',
      { transform: `translate(0 ${y})` },
      ...names,
      element('g', { transform: `translate(0 ${below})` }, ...panel.body),
    );
    y += below + panel.height + MARGIN;
    return group;
  });
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${y}`,
    ...(style.width !== undefined && { width, height: y }),
    ...(style.locale !== 'en' && { lang: style.locale }),
    role: 'img',
    'aria-labelledby': 'title description',
  };
  return element(
    'svg',
    attributes,
    element('title', { id: 'title' }, textNode(title)),
    element('desc', { id: 'description' }, textNode(description)),
    element('style', {}, textNode(plotStyle(style.theme))),
    element('rect', { width, height: y, fill: 'var(--canvas)' }),
    ...titleLines.map((line, index) =>
      label(MARGIN, MARGIN + 12 + TITLE_TEXT.line * index, 'title', line),
    ),
    element('g', { transform: `translate(${MARGIN} ${legendTop})` }, ...legend.body),
    ...drawn,
  );
}
