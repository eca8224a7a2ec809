import type { Theme } from '../contract/theme-locale.ts';
import {
  colourIn,
  customProperties,
  isColourName,
  SERIES_COLOURS,
  type ColourScheme,
} from './palette.ts';

/** The CSS of figures, light and dark. */

/** Rules of every figure. */
export const FIGURE_RULES = `
text { fill: var(--foreground); } .title { font-size: 16px; font-weight: 600; }
.panel { font-weight: 600; } .tick, .axis { fill: var(--muted); font-size: 12px; }
.row, .y { text-anchor: end; } .y, .row, .key, .cell { dominant-baseline: central; }
.x, .axis, .cell { text-anchor: middle; } .cell { font-size: 11px; }
.cell.on-dark { fill: var(--canvas); }
.rule { stroke: var(--border); } .heat { fill: var(--symbolic); stroke: var(--canvas); }
.unchanged { fill: var(--unchanged); } .other { fill: var(--other); }
.positional { fill: var(--positional); }
.symbolic { fill: var(--symbolic); } .reflexive { fill: var(--reflexive); }
.texture { fill: none; stroke: var(--canvas); stroke-width: 1.6; pointer-events: none; }
.texture.dots { stroke-width: 2.6; stroke-linecap: round; }
.text { --modality: var(--foreground); } .image { --modality: var(--reflexive); }
.line { fill: none; stroke: var(--modality); stroke-width: 2; } .ood { stroke-dasharray: 6 4; }
.band { fill: var(--modality); opacity: .15; } .dot { fill: var(--modality); }
.stage { stroke: var(--muted); stroke-dasharray: 1 3; }
${SERIES_COLOURS} .curve { fill: none; stroke: currentColor; stroke-width: 2; }
.whisker { stroke: currentColor; stroke-width: 2; } .marker { fill: currentColor; }
.out-of-distribution { fill: var(--foreground); opacity: .07; }
.training-limit { stroke: var(--foreground); stroke-width: 1.5; }`;

/** The style of a standalone figure. */
export function plotStyle(theme: Theme): string {
  const properties = customProperties(theme === 'dark' ? 'dark' : 'light');
  const dark = `
@media (prefers-color-scheme: dark) {
  svg { ${customProperties('dark')} }
}`;
  return `
svg { ${properties}
  font: 13px system-ui, sans-serif; }${theme === 'auto' ? dark : ''}${FIGURE_RULES}`;
}

/** Selectors of the elements that contain figures: in any scheme, and where one is chosen. */
export interface FigureRoots {
  readonly any: string;
  readonly light: string;
  readonly dark: string;
}

/** The style of figures within a page. */
export function figureStyle({ any, light, dark }: FigureRoots): string {
  return `${any} { ${customProperties('light')} }
@media (prefers-color-scheme: dark) { ${any} { ${customProperties('dark')} } }
${light} { ${customProperties('light')} }
${dark} { ${customProperties('dark')} }
svg { font-size: 13px; ${FIGURE_RULES} }
${SERIES_COLOURS}`;
}

/** The style of previews without custom properties, which the SVG rasteriser does not support. */
export function plainStyle(scheme: ColourScheme): string {
  const rules = `text { font-size: 13px; }${FIGURE_RULES}${PREVIEW_RULES}`;
  return rules.replaceAll(/var\(--(\w+)\)/g, (_, name: string) =>
    isColourName(name) ? colourIn(scheme, name) : 'none',
  );
}

const PREVIEW_RULES = `
.background { fill: var(--background); }
.heading { font-size: 46px; font-weight: 600; } .name { font-size: 26px; font-weight: 600; }
.share { font-size: 40px; font-weight: 600; } .note { font-size: 20px; fill: var(--muted); }
.bar { fill: var(--foreground); } .value { font-size: 24px; } .end { text-anchor: end; } .question { font-size: 36px; font-weight: 600; }
.scene { fill: ${colourIn('light', 'background')}; stroke: ${colourIn('light', 'foreground')}; stroke-width: 3; }
.asked { fill: none; stroke: ${colourIn('light', 'foreground')}; stroke-width: 7; }
.verdict { fill: none; stroke-width: 3; }
.verdict.correct { stroke: var(--correct); } .verdict.wrong { stroke: var(--wrong); }`;
