/** The colours of figures and pages: the only place where they are defined. */

/** A colour in the light and in the dark scheme. */
type Colour = readonly [light: string, dark: string];

const ACCENT: Colour = ['#0a50a8', '#79b0ff'];

/** By the name of their CSS custom property. */
const COLOURS = {
  // The background of the task's pictures, so that in the light scheme a scene has no visible edge.
  background: ['#e6e6e6', '#16181b'],
  surface: ['#f3f3f2', '#202327'],
  /** The background of figures and of embeds. */
  canvas: ['#ffffff', '#16181b'],
  foreground: ['#15171a', '#ecedee'],
  muted: ['#4b4f56', '#a9adb4'],
  border: ['#b9bbbe', '#454a51'],
  correct: ['#0d5f31', '#6fd69c'],
  wrong: ['#a3170f', '#ff9d92'],
  /** Links and focus. */
  accent: ACCENT,
  // Models, by their display index.
  series0: ['#9a4400', '#ff9e4a'],
  series1: ACCENT,
  series2: ['#00665c', '#4fd0c1'],
  series3: ['#7b1d86', '#e193ec'],
  series4: ['#54510a', '#d6cd5c'],
  series5: ['#8f1d4e', '#ff90b9'],
  series6: ['#3d4a5c', '#a9bad0'],
  // Outcomes, after Okabe and Ito: safe for colour-blind readers, dark enough for every background.
  positional: ['#c95800', '#ef8338'],
  symbolic: ['#0069a6', '#4aa5ea'],
  reflexive: ['#00805d', '#25bd92'],
  unchanged: ['#c3c6ca', '#454b53'],
  other: ['#8d949e', '#7d848e'],
} as const satisfies Readonly<Record<string, Colour>>;

export type ColourScheme = 'light' | 'dark';

export type ColourName = keyof typeof COLOURS;

export const isColourName = (name: string): name is ColourName => Object.hasOwn(COLOURS, name);

export const colourIn = (scheme: ColourScheme, name: ColourName): string =>
  COLOURS[name][scheme === 'light' ? 0 : 1];

const NAMES = Object.keys(COLOURS).filter(isColourName);

/** All colours as CSS custom properties. */
export const customProperties = (scheme: ColourScheme): string =>
  NAMES.map((name) => `--${name}: ${colourIn(scheme, name)};`).join(' ');

/** The same for pages, in the scheme that the reader prefers. */
export const pageColours = (): string =>
  `:root { ${customProperties('light')} }\n` +
  `@media (prefers-color-scheme: dark) { :root { ${customProperties('dark')} } }`;

const SERIES = NAMES.filter((name) => name.startsWith('series'));

/**
 * The CSS class with a model's colour. Where marker shapes repeat, colours are shifted by three, so that
 * no two of 49 models share both.
 *
 * @param displayIndex of a model among those of the deployment, from 0
 */
export function seriesClass(displayIndex: number): string {
  const index = Math.max(0, displayIndex);
  const shift = 3 * Math.floor(index / SERIES.length);
  return `series${(index + shift) % SERIES.length}`;
}

/** Rules that give each series class its colour. */
export const SERIES_COLOURS = SERIES.map((name) => `.${name} { color: var(--${name}); }`).join(' ');
