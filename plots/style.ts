import type { Theme } from '../contract/looks.ts';

/** How figures look, light or dark. */

/** Custom properties of CSS in both looks. */
export interface Palette {
  readonly light: string;
  readonly dark: string;
}

// The colours of the outcomes are those of Okabe and Ito, told apart by the colour-blind.
const PLOT: Palette = {
  light: `--ink: #1c1e21; --quiet: #5b6068; --rule: #d9dce0; --paper: #fff; --none: #d5d9de;
  --mixed: #8d949e; --positional: #d55e00; --symbolic: #0072b2; --reflexive: #009e73;`,
  dark: `--ink: #eceef0; --quiet: #a3a9b2; --rule: #3a3f46; --paper: #16181b; --none: #3f454d;
    --mixed: #7d848e; --positional: #e8762b; --symbolic: #3d9be0; --reflexive: #1fb58a;`,
};

/** What every plot is drawn with. */
export const PLOT_RULES = `
text { fill: var(--ink); } .title { font-size: 16px; font-weight: 600; }
.panel { font-weight: 600; } .tick, .axis { fill: var(--quiet); font-size: 12px; }
.row, .y { text-anchor: end; } .y, .row, .key, .cell { dominant-baseline: central; }
.x, .axis, .cell { text-anchor: middle; } .cell { font-size: 11px; } .deep { fill: #fff; }
.rule { stroke: var(--rule); } .heat { fill: var(--symbolic); stroke: var(--paper); }
.none { fill: var(--none); } .mixed { fill: var(--mixed); } .positional { fill: var(--positional); }
.symbolic { fill: var(--symbolic); } .reflexive { fill: var(--reflexive); }
.text { --of: var(--ink); } .image { --of: var(--reflexive); }
.line { fill: none; stroke: var(--of); stroke-width: 2; } .ood { stroke-dasharray: 6 4; }
.band { fill: var(--of); opacity: .15; } .dot { fill: var(--of); }
.stage { stroke: var(--quiet); stroke-dasharray: 1 3; }`;

/** The style of a plot that stands for itself. */
export function plotStyle(theme: Theme): string {
  const look = theme === 'dark' ? PLOT.dark : PLOT.light;
  const dark = `
@media (prefers-color-scheme: dark) {
  svg { ${PLOT.dark} }
}`;
  return `
svg { ${look}
  font: 13px system-ui, sans-serif; }${theme === 'auto' ? dark : ''}${PLOT_RULES}`;
}

// The colours of the site (site/style.css).
const SERIES: Palette = {
  light: `--beyond: #f1ece0; --s0: #b4530a; --s1: #2159c4; --s2: #0f766e; --s3: #86198f;`,
  dark: `--beyond: #20242d; --s0: #ffae62; --s1: #86b0ff; --s2: #5ed3c6; --s3: #e39bee;`,
};

export const SERIES_RULES = `
.s0 { color: var(--s0); } .s1 { color: var(--s1); } .s2 { color: var(--s2); }
.s3 { color: var(--s3); } .curve { fill: none; stroke: currentColor; stroke-width: 2; }
.whisker { stroke: currentColor; stroke-width: 2; } .marker { fill: currentColor; }
.beyond { fill: var(--beyond); } .edge { stroke: var(--quiet); stroke-dasharray: 4 4; }`;

/** What the curves of models need beside it. */
export function seriesStyle(theme: Theme): string {
  return variables('svg', SERIES, theme) + SERIES_RULES;
}

function variables(selector: string, { light, dark }: Palette, theme: Theme): string {
  const look = `\n${selector} { ${theme === 'dark' ? dark : light} }`;
  return theme === 'auto'
    ? `${look}\n@media (prefers-color-scheme: dark) { ${selector} { ${dark} } }`
    : look;
}

/** Selectors of what figures stand in: in any look, and where one look is chosen. */
export interface FigureRoots {
  readonly any: string;
  readonly light: string;
  readonly dark: string;
}

/** The style of figures within a page: the same colours and rules, without a figure's own ground. */
export function figureStyle({ any, light, dark }: FigureRoots): string {
  const [bright, dim] = [PLOT.light + SERIES.light, PLOT.dark + SERIES.dark];
  return `${any} { ${bright} }
@media (prefers-color-scheme: dark) { ${any} { ${dim} } }
${light} { ${bright} }
${dark} { ${dim} }
svg { font-size: 13px; ${PLOT_RULES}${SERIES_RULES} }`;
}

/** The same where nothing knows custom properties, as in what turns drawings into pixels. */
export function plainStyle(theme: 'light' | 'dark'): string {
  const palette = PLOT[theme] + SERIES[theme] + PAGE[theme];
  const values = new Map(Array.from(palette.matchAll(/--(\w+): (#\w+);/g), ([, k, v]) => [k, v]));
  const rules = `text { font-size: 13px; }${PLOT_RULES}${SERIES_RULES}${PAGE_RULES}`;
  return rules.replaceAll(/var\(--(\w+)\)/g, (_, name: string) => values.get(name) ?? 'none');
}

const PAGE: Palette = {
  light: '--ground: #fbfaf7;',
  dark: '--ground: #14161b;',
};

const PAGE_RULES = `
.ground { fill: var(--ground); } .quiet { fill: var(--quiet); }
.heading { font-size: 46px; font-weight: 600; } .name { font-size: 26px; font-weight: 600; }
.share { font-size: 40px; font-weight: 600; } .note { font-size: 20px; fill: var(--quiet); }
.sight { font-size: 24px; } .end { text-anchor: end; }`;
