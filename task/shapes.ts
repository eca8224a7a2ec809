/**
 * The 216 shapes of the task. Each is a plain outline or an outline under one treatment
 * (hollow, split, striped, ...); they are chosen and ordered by farthest point among all such
 * candidates, measured on what a model sees: the coverage mask of a 16 x 16 patch.
 */
import { band, box, circle, clears, pathOf, ringsOf, scaled } from './geometry.ts';
import type { Ring } from './geometry.ts';
import { OUTLINES } from './outlines.ts';
import type { Outline } from './outlines.ts';
import { SHAPE_ORDER } from './shape-order.ts';

/** One shape word of the task. */
export interface Shape {
  /** Place in {@link SHAPES}, 0..215. */
  readonly index: number;
  /** Unique single-token name, for example "hollow-star". */
  readonly name: string;
  /** SVG path data on a 100 x 100 box: M, L, Z, tenths of a unit, fill-rule even-odd. */
  readonly path: string;
}

/** Width and height of a patch, pixels. */
export const PATCH_PIXELS = 16;

/** Coverage samples along one side of a pixel. */
const SAMPLES = 8;

/** The rings of an outline under a treatment, or undefined where the two do not go together. */
type Treatment = (outline: Outline) => readonly Ring[] | undefined;

/** Either side of a gap two pixels wide through the middle, box units. */
const GAP: readonly (readonly [number, number])[] = [
  [0, 43.7],
  [56.3, 100],
];

/** Bands two pixels wide with gaps as wide between them, aligned with the pixels. */
const STRIPES: readonly (readonly [number, number])[] = [
  [6.2, 18.8],
  [31.2, 43.8],
  [56.2, 68.8],
  [81.2, 93.8],
];

/** Pieces of a ring between pairs of limits along an axis (0 = x, 1 = y). */
const bands = (ring: Ring, axis: 0 | 1, limits: typeof GAP): Ring[] =>
  limits.map(([low, high]) => band(ring, axis, low, high));

/** A copy of the ring about the box centre, small enough to be set into something. */
const inset = (ring: Ring, factor: number): Ring => scaled(ring, factor, [50, 50]);

/** What can be done to an outline; even-odd filling makes overlapping rings cut each other. */
const TREATMENTS: ReadonlyMap<string, Treatment> = new Map<string, Treatment>([
  ['plain', ({ ring }) => [ring]],
  ['hollow', ({ ring, eye }) => eye && [ring, scaled(ring, 0.58, eye)]],
  [
    'pierced',
    ({ ring, eye }) => (eye && clears(ring, eye, 20) ? [ring, circle(14, eye)] : undefined),
  ],
  ['split', ({ ring, eye }) => eye && bands(ring, 0, GAP)],
  [
    'quartered',
    ({ ring, eye }) => eye && bands(ring, 0, GAP).flatMap((half) => bands(half, 1, GAP)),
  ],
  ['striped', ({ ring, eye }) => eye && bands(ring, 1, STRIPES)],
  ['stencil', ({ ring }) => [box(2, 2, 98, 98), inset(ring, 0.82)]],
  ['ringed', ({ ring }) => [circle(49), circle(37), inset(ring, 0.56)]],
  ['framed', ({ ring }) => [box(2, 2, 98, 98), box(14, 14, 86, 86), inset(ring, 0.58)]],
]);

/** Every candidate: its name, and how to make its rings. */
const CANDIDATES: ReadonlyMap<string, () => readonly Ring[] | undefined> = new Map(
  [...TREATMENTS].flatMap(([treatment, treat]) =>
    OUTLINES.filter((outline) => treatment === 'plain' || outline.turned !== true).map(
      (outline) =>
        [
          treatment === 'plain' ? outline.name : `${treatment}-${outline.name}`,
          () => treat(outline),
        ] as const,
    ),
  ),
);

/** Path data of the named candidate, or undefined where there is none. */
function candidatePath(name: string): string | undefined {
  const rings = CANDIDATES.get(name)?.();
  return rings && pathOf(rings);
}

/** The 216 shapes; the first n are, for every n, a farthest-point sample of them all. */
export const SHAPES: readonly Shape[] = SHAPE_ORDER.map((name, index) => {
  const path = candidatePath(name);
  if (path === undefined) throw new RangeError(`shape-order.ts names an unknown shape "${name}"`);
  return { index, name, path };
});

/** Coverage of path data on a 16 x 16 patch, row-major, 0..255 (8 x 8 samples a pixel). */
export function rasterise(path: string): Uint8Array {
  // Lengths in 1/320 units: vertices fall on multiples of 32, sample lines on odd numbers, so no
  // sample line ever meets a vertex and nothing depends on how such a tie would be broken.
  const side = PATCH_PIXELS * SAMPLES;
  const pitch = 32000 / side;
  const inside = new Uint8Array(side * side);
  for (const ring of ringsOf(path)) {
    const points = ring.map(
      ([x, y]) => [Math.round(x * 10) * 32, Math.round(y * 10) * 32] as const,
    );
    points.forEach(([bx, by], k) => {
      const [ax, ay] = points[(k + points.length - 1) % points.length] ?? [bx, by];
      const first = Math.max(0, Math.ceil((Math.min(ay, by) - pitch / 2) / pitch));
      const last = Math.min(side - 1, Math.floor((Math.max(ay, by) - pitch / 2) / pitch));
      for (let row = first; row <= last; row++) {
        const y = pitch / 2 + row * pitch;
        const x = ax + ((bx - ax) * (y - ay)) / (by - ay);
        const column = Math.max(0, Math.ceil((x - pitch / 2) / pitch));
        // Flip everything right of the crossing; the running XOR below spreads it.
        if (column < side) inside[row * side + column] = 1 - (inside[row * side + column] ?? 0);
      }
    });
  }
  const count = new Uint16Array(PATCH_PIXELS * PATCH_PIXELS);
  for (let row = 0; row < side; row++) {
    let on = 0;
    for (let column = 0; column < side; column++) {
      on ^= inside[row * side + column] ?? 0;
      const pixel = Math.floor(row / SAMPLES) * PATCH_PIXELS + Math.floor(column / SAMPLES);
      count[pixel] = (count[pixel] ?? 0) + on;
    }
  }
  const full = SAMPLES * SAMPLES;
  return Uint8Array.from(count, (hits) => Math.floor((hits * 255 + full / 2) / full));
}

const masks = new Map<number, Uint8Array>();

/**
 * What a shape looks like to a model: 256 coverage values of a 16 x 16 patch, row-major, 0..255.
 * The array is shared between calls and must not be written to.
 */
export function shapeMask(shape: number): Uint8Array {
  const known = masks.get(shape);
  if (known !== undefined) return known;
  const found = SHAPES[shape];
  if (found === undefined) {
    throw new RangeError(`shape must be an integer from 0 to ${SHAPES.length - 1}, not ${shape}`);
  }
  const mask = rasterise(found.path);
  masks.set(shape, mask);
  return mask;
}

/** Share of the patch a mask covers, 0..1. */
export function maskArea(mask: Uint8Array): number {
  return mask.reduce((sum, value) => sum + value, 0) / (255 * mask.length);
}

/** Squared distance of two masks, in squared 1/255 coverage units (an integer). */
export function maskDistance2(p: Uint8Array, q: Uint8Array): number {
  let sum = 0;
  for (let k = 0; k < p.length; k++) {
    const difference = (p[k] ?? 0) - (q[k] ?? 0);
    sum += difference * difference;
  }
  return sum;
}

/** Shapes everybody has a word for; they are in the vocabulary whatever else is. */
const FAMILIAR = [
  'disc',
  'square',
  'triangle',
  'diamond',
  'pentagon',
  'star',
  'heart',
  'arrow',
  'plus',
];

interface Measured {
  readonly name: string;
  readonly mask: Uint8Array;
}

/** Greedy farthest-point order of the pool, first `seeds` as given, ties to the earlier one. */
function farthestFirst(
  pool: readonly Measured[],
  seeds: readonly string[],
  length: number,
): Measured[] {
  const open = new Map(pool.map((item) => [item.name, { ...item, gap: Infinity }]));
  const order: Measured[] = [];
  while (order.length < length && open.size > 0) {
    const seed = open.get(seeds[order.length] ?? '');
    const next =
      seed ?? [...open.values()].reduce((best, item) => (item.gap > best.gap ? item : best));
    open.delete(next.name);
    order.push(next);
    for (const item of open.values())
      item.gap = Math.min(item.gap, maskDistance2(item.mask, next.mask));
  }
  return order;
}

/**
 * The names of the vocabulary in order, recomputed from nothing. The 216 are chosen by farthest
 * point from the familiar shapes on, among all candidates whose mask covers 12 % to 80 % of the
 * patch; they are then ordered by farthest point from the disc on. Too dear for a worker's
 * start-up, so the result is kept in `shape-order.ts`; a test compares the two.
 */
export function computeShapeOrder(length = 216): string[] {
  const pool = [...CANDIDATES.keys()]
    .map((name) => ({ name, mask: rasterise(candidatePath(name) ?? '') }))
    .filter(({ mask }) => maskArea(mask) >= 0.12 && maskArea(mask) <= 0.8);
  const chosen = new Set(farthestFirst(pool, FAMILIAR, length).map(({ name }) => name));
  const kept = pool.filter(({ name }) => chosen.has(name));
  return farthestFirst(kept, ['disc'], length).map(({ name }) => name);
}
