import { elementAt } from './element-at.ts';

/**
 * The 216 colours of the task: the 6x6x6 cube of levels 0, 51, ..., 255, named by a rule of
 * our own and sorted in farthest-point order: any prefix of the list is about as easy to
 * distinguish as that many cube colours can be.
 */

/** One colour word of the task. */
export interface Colour {
  /** Index in {@link COLOURS}, 0..215. */
  readonly index: number;
  /** Unique single-token name, for example "vivid-teal". */
  readonly name: string;
  /** "#rrggbb", lower case. */
  readonly hex: string;
  /** sRGB bytes, 0..255 each. */
  readonly rgb: readonly [number, number, number];
}

/** Picture background, sRGB bytes: between cube levels, so that no colour equals it. */
export const BACKGROUND: readonly [230, 230, 230] = [230, 230, 230];

const LEVELS = [0, 51, 102, 153, 204, 255] as const;

/** Hue words, every 12 degrees of the colour wheel. */
// prettier-ignore
const HUES = [
  'red', 'vermilion', 'tangerine', 'orange', 'amber',
  'yellow', 'citron', 'chartreuse', 'lime', 'fern',
  'green', 'emerald', 'jade', 'mint', 'teal',
  'cyan', 'sky', 'azure', 'cobalt', 'sapphire',
  'blue', 'indigo', 'violet', 'purple', 'orchid',
  'magenta', 'fuchsia', 'pink', 'rose', 'crimson',
] as const;

/**
 * Lightness and chroma words: TONES[chroma - 1][5 - top], where `top` is the highest of the
 * three cube levels (0..5) and `chroma` is the highest less the lowest (1..5).
 */
const TONES = [
  ['faint', 'dusty', 'smoky', 'murky', 'inky'],
  ['pale', 'soft', 'muted', 'dark'],
  ['light', 'clear', 'deep'],
  ['bright', 'rich'],
  ['vivid'],
] as const;

const GREYS = ['black', 'charcoal', 'dark-grey', 'grey', 'silver', 'white'] as const;

/** Name of the cube colour with levels r, g, b (0..5 each). */
function nameOf(r: number, g: number, b: number): string {
  const top = Math.max(r, g, b);
  const chroma = top - Math.min(r, g, b);
  if (chroma === 0) return elementAt(GREYS, r);
  // Position on the hexagonal colour wheel of 6 * chroma cells, red at 0, green at a third.
  const wheel = 6 * chroma;
  const sextant = top === r ? g - b : top === g ? 2 * chroma + b - r : 4 * chroma + r - g;
  const position = (sextant + wheel) % wheel;
  // Neighbours on any wheel are at least 12 degrees apart, so rounding keeps names unique.
  const hue = Math.floor((10 * position + chroma) / (2 * chroma)) % HUES.length;
  return `${elementAt(elementAt(TONES, chroma - 1), 5 - top)}-${elementAt(HUES, hue)}`;
}

/** sRGB byte to linear light, 0..1, for the bytes used here: a table, since `**` is not exact. */
const LINEAR: ReadonlyMap<number, number> = new Map([
  [0, 0],
  [51, 0.0331047666],
  [102, 0.1328683216],
  [153, 0.3185467781],
  [204, 0.6038273389],
  [230, 0.7912979403],
  [255, 1],
]);

/** Cube root of x in 0..1 by Newton steps: only + * /, so every engine gives the same bits. */
function cubeRoot(x: number): number {
  if (x < 1e-12) return 0;
  let root = 1;
  for (let step = 0; step < 20; step++) root = (2 * root + x / (root * root)) / 3;
  return root;
}

/** Nearest multiple of 1e-4, as an integer; adding 0 turns -0 into 0. */
const units = (x: number): number => Math.round(1e4 * x) + 0;

/** OKLab of an sRGB colour as three integers in units of 1e-4 (lightness, a, b). */
export function okLabUnits(rgb: readonly [number, number, number]): [number, number, number] {
  const [r, g, b] = rgb.map((byte) => {
    const linear = LINEAR.get(byte);
    if (linear === undefined) throw new RangeError(`byte ${byte} is not a level of the palette`);
    return linear;
  }) as [number, number, number];
  const l = cubeRoot(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = cubeRoot(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = cubeRoot(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    units(0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s),
    units(1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s),
    units(0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s),
  ];
}

/** The palette in its final order: greedy farthest point, starting from the background. */
function buildColours(): readonly Colour[] {
  const pool = Array.from({ length: 216 }, (_, cell) => {
    const [r, g, b] = [Math.floor(cell / 36), Math.floor(cell / 6) % 6, cell % 6] as const;
    const rgb = [elementAt(LEVELS, r), elementAt(LEVELS, g), elementAt(LEVELS, b)] as const;
    return { name: nameOf(r, g, b), rgb, lab: okLabUnits(rgb), nearest2: 2 ** 29 };
  });
  const order: Colour[] = [];
  let previous = okLabUnits(BACKGROUND);
  while (order.length < pool.length) {
    let best = elementAt(pool, 0);
    for (const colour of pool) {
      const dl = colour.lab[0] - previous[0];
      const da = colour.lab[1] - previous[1];
      const db = colour.lab[2] - previous[2];
      const distance2 = dl * dl + da * da + db * db;
      if (distance2 < colour.nearest2) colour.nearest2 = distance2;
      // Strictly greater: on a tie the lower cube cell wins.
      if (colour.nearest2 > best.nearest2) best = colour;
    }
    const { name, rgb, lab } = best;
    const hex = `#${rgb.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
    order.push({ index: order.length, name, hex, rgb });
    best.nearest2 = -1;
    previous = lab;
  }
  return order;
}

/** The 216 colours; the first n are, for every n, a farthest-point sample of the cube. */
export const COLOURS: readonly Colour[] = buildColours();
