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

// The colours of the outcomes are those of Okabe and Ito, told apart by the colour-blind.
const STYLE = `
svg { --ink: #1c1e21; --quiet: #5b6068; --rule: #d9dce0; --paper: #fff; --none: #d5d9de;
  --mixed: #8d949e; --positional: #d55e00; --symbolic: #0072b2; --reflexive: #009e73;
  font: 13px system-ui, sans-serif; }
@media (prefers-color-scheme: dark) {
  svg { --ink: #eceef0; --quiet: #a3a9b2; --rule: #3a3f46; --paper: #16181b; --none: #3f454d;
    --mixed: #7d848e; --positional: #e8762b; --symbolic: #3d9be0; --reflexive: #1fb58a; }
}
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

/** @param legend a line below the title */
export function plotDocument(
  { title, description }: PlotText,
  panels: readonly Panel[],
  legend: readonly Markup[] = [],
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
    element('style', {}, words(STYLE)),
    element('rect', { width: WIDTH, height: y, fill: 'var(--paper)' }),
    label(MARGIN, MARGIN + 12, 'title', title),
    element('g', { transform: `translate(${MARGIN} ${MARGIN + TITLE})` }, ...legend),
    ...drawn,
  );
}
