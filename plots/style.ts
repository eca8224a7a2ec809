import type { Theme } from '../contract/theme-locale.ts';
import { colourIn, isColourName, properties, SERIES_COLOURS, type Look } from './palette.ts';

/** How figures look, light or dark. */

/** What every figure is drawn with. */
export const FIGURE_RULES = `
text { fill: var(--ink); } .title { font-size: 16px; font-weight: 600; }
.panel { font-weight: 600; } .tick, .axis { fill: var(--soft); font-size: 12px; }
.row, .y { text-anchor: end; } .y, .row, .key, .cell { dominant-baseline: central; }
.x, .axis, .cell { text-anchor: middle; } .cell { font-size: 11px; } .deep { fill: var(--paper); }
.rule { stroke: var(--line); } .heat { fill: var(--symbolic); stroke: var(--paper); }
.none { fill: var(--none); } .mixed { fill: var(--mixed); } .positional { fill: var(--positional); }
.symbolic { fill: var(--symbolic); } .reflexive { fill: var(--reflexive); }
.texture { fill: none; stroke: var(--paper); stroke-width: 1.6; pointer-events: none; }
.of-reflexive { stroke-width: 2.6; stroke-linecap: round; }
.text { --of: var(--ink); } .image { --of: var(--reflexive); }
.line { fill: none; stroke: var(--of); stroke-width: 2; } .ood { stroke-dasharray: 6 4; }
.band { fill: var(--of); opacity: .15; } .dot { fill: var(--of); }
.stage { stroke: var(--soft); stroke-dasharray: 1 3; }
${SERIES_COLOURS} .curve { fill: none; stroke: currentColor; stroke-width: 2; }
.whisker { stroke: currentColor; stroke-width: 2; } .marker { fill: currentColor; }
.beyond { fill: var(--ink); opacity: .07; } .edge { stroke: var(--ink); stroke-width: 1.5; }`;

/** The style of a figure that stands for itself. */
export function plotStyle(theme: Theme): string {
  const look = properties(theme === 'dark' ? 'dark' : 'light');
  const dark = `
@media (prefers-color-scheme: dark) {
  svg { ${properties('dark')} }
}`;
  return `
svg { ${look}
  font: 13px system-ui, sans-serif; }${theme === 'auto' ? dark : ''}${FIGURE_RULES}`;
}

/** Selectors of what figures stand in: in any look, and where one look is chosen. */
export interface FigureRoots {
  readonly any: string;
  readonly light: string;
  readonly dark: string;
}

/** The style of figures within a page: the same colours and rules, without a figure's own ground. */
export function figureStyle({ any, light, dark }: FigureRoots): string {
  return `${any} { ${properties('light')} }
@media (prefers-color-scheme: dark) { ${any} { ${properties('dark')} } }
${light} { ${properties('light')} }
${dark} { ${properties('dark')} }
svg { font-size: 13px; ${FIGURE_RULES} }
${SERIES_COLOURS}`;
}

/** The same where nothing knows custom properties, as in what turns drawings into pixels. */
export function plainStyle(look: Look): string {
  const rules = `text { font-size: 13px; }${FIGURE_RULES}${PREVIEW_RULES}`;
  return rules.replaceAll(/var\(--(\w+)\)/g, (_, name: string) =>
    isColourName(name) ? colourIn(look, name) : 'none',
  );
}

const PREVIEW_RULES = `
.ground { fill: var(--ground); } .quiet { fill: var(--soft); }
.heading { font-size: 46px; font-weight: 600; } .name { font-size: 26px; font-weight: 600; }
.share { font-size: 40px; font-weight: 600; } .note { font-size: 20px; fill: var(--soft); }
.sight { font-size: 24px; } .end { text-anchor: end; } .question { font-size: 36px; font-weight: 600; }
.scene { fill: ${colourIn('light', 'ground')}; stroke: ${colourIn('light', 'ink')}; stroke-width: 3; }
.asked { fill: none; stroke: ${colourIn('light', 'ink')}; stroke-width: 7; } .tick-mark { fill: none; stroke-width: 3; }
.tick-mark.right { stroke: var(--right); } .tick-mark.wrong { stroke: var(--wrong); }`;
