/** The colours of figures and of pages: each is written here and nowhere else. */

/** A colour where the ground is light, and where it is dark. */
type Colour = readonly [light: string, dark: string];

/** By the name of their custom property in CSS. */
const COLOURS = {
  // Of the task's pictures, so that in the light a scene lies on the page itself.
  ground: ['#e6e6e6', '#16181b'],
  raised: ['#f3f3f2', '#202327'],
  /** What figures stand on, and pages in frames. */
  paper: ['#ffffff', '#16181b'],
  ink: ['#15171a', '#ecedee'],
  soft: ['#4b4f56', '#a9adb4'],
  line: ['#b9bbbe', '#454a51'],
  right: ['#0d5f31', '#6fd69c'],
  wrong: ['#a3170f', '#ff9d92'],
  // Of models, by their place in the deployment.
  s0: ['#9a4400', '#ff9e4a'],
  s1: ['#0a50a8', '#79b0ff'],
  s2: ['#00665c', '#4fd0c1'],
  s3: ['#7b1d86', '#e193ec'],
  s4: ['#54510a', '#d6cd5c'],
  s5: ['#8f1d4e', '#ff90b9'],
  s6: ['#3d4a5c', '#a9bad0'],
  // Of outcomes: after Okabe and Ito, told apart by the colour-blind, dark enough for any ground.
  positional: ['#c95800', '#ef8338'],
  symbolic: ['#0069a6', '#4aa5ea'],
  reflexive: ['#00805d', '#25bd92'],
  none: ['#c3c6ca', '#454b53'],
  mixed: ['#8d949e', '#7d848e'],
} as const satisfies Readonly<Record<string, Colour>>;

export type Look = 'light' | 'dark';

export type ColourName = keyof typeof COLOURS;

export const isColourName = (name: string): name is ColourName => name in COLOURS;

export const colourIn = (look: Look, name: ColourName): string =>
  COLOURS[name][look === 'light' ? 0 : 1];

const names = Object.keys(COLOURS).filter(isColourName);

/** All as custom properties of CSS. */
export const properties = (look: Look): string =>
  names.map((name) => `--${name}: ${colourIn(look, name)};`).join(' ');

/** The same for pages that look as the reader prefers. */
export const pagePalette = (): string =>
  `:root { ${properties('light')} }\n` +
  `@media (prefers-color-scheme: dark) { :root { ${properties('dark')} } }`;

const SERIES = names.filter((name) => /^s\d$/.test(name));

/**
 * Where signs come round again, colours are three further, so that no two of 49 models have both alike.
 *
 * @param place of a model among those of the deployment, from 0
 */
export function seriesClass(place: number): string {
  const from0 = Math.max(0, place);
  return SERIES[(from0 + 3 * Math.floor(from0 / SERIES.length)) % SERIES.length];
}

/** Rules that give what is of a model its colour. */
export const SERIES_COLOURS = SERIES.map((name) => `.${name} { color: var(--${name}); }`).join(' ');
