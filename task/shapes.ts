/**
 * The 216 shapes of the task. Each is a plain outline or an outline with one treatment
 * (hollow, split, striped, ...). They are chosen and ordered by farthest point among all such
 * candidates, measured on the coverage mask of a 16 x 16 patch, which is what a model sees.
 */
import {
  clipToBand,
  rectangle,
  circle,
  isClearOfEdges,
  toPathData,
  parsePathData,
  scale,
} from './geometry.ts';
import type { Ring } from './geometry.ts';
import { OUTLINES } from './outlines.ts';
import type { Outline } from './outlines.ts';
import { SHAPE_ORDER } from './shape-order.ts';

/** One shape word of the task. */
export interface Shape {
  /** Index in {@link SHAPES}, 0..215. */
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

/** The rings of an outline with a treatment, or undefined where it cannot be applied. */
type Treatment = (outline: Outline) => readonly Ring[] | undefined;

/** The limits of two halves with a gap of two pixels between them, box units. */
const HALVES: readonly (readonly [number, number])[] = [
  [0, 43.7],
  [56.3, 100],
];

/** Bands two pixels wide, with equal gaps between them, aligned to the pixels. */
const STRIPES: readonly (readonly [number, number])[] = [
  [6.2, 18.8],
  [31.2, 43.8],
  [56.2, 68.8],
  [81.2, 93.8],
];

/** Pieces of a ring between pairs of limits along an axis (0 = x, 1 = y). */
const bands = (ring: Ring, axis: 0 | 1, limits: typeof HALVES): Ring[] =>
  limits.map(([low, high]) => clipToBand(ring, axis, low, high));

/** A smaller copy of the ring about the box centre. */
const inset = (ring: Ring, factor: number): Ring => scale(ring, factor, [50, 50]);

/** Treatments by name; filled even-odd, overlapping rings cut each other. */
const TREATMENTS: ReadonlyMap<string, Treatment> = new Map<string, Treatment>([
  ['plain', ({ ring }) => [ring]],
  ['hollow', ({ ring, centre }) => centre && [ring, scale(ring, 0.58, centre)]],
  [
    'pierced',
    ({ ring, centre }) =>
      centre && isClearOfEdges(ring, centre, 20) ? [ring, circle(14, centre)] : undefined,
  ],
  ['split', ({ ring, centre }) => centre && bands(ring, 0, HALVES)],
  [
    'quartered',
    ({ ring, centre }) =>
      centre && bands(ring, 0, HALVES).flatMap((half) => bands(half, 1, HALVES)),
  ],
  ['striped', ({ ring, centre }) => centre && bands(ring, 1, STRIPES)],
  ['stencil', ({ ring }) => [rectangle(2, 2, 98, 98), inset(ring, 0.82)]],
  ['ringed', ({ ring }) => [circle(49), circle(37), inset(ring, 0.56)]],
  ['framed', ({ ring }) => [rectangle(2, 2, 98, 98), rectangle(14, 14, 86, 86), inset(ring, 0.58)]],
]);

/** Every candidate by name, and the function that makes its rings. */
const CANDIDATES: ReadonlyMap<string, () => readonly Ring[] | undefined> = new Map(
  [...TREATMENTS].flatMap(([treatment, apply]) =>
    OUTLINES.filter((outline) => treatment === 'plain' || outline.rotated !== true).map(
      (outline) =>
        [
          treatment === 'plain' ? outline.name : `${treatment}-${outline.name}`,
          () => apply(outline),
        ] as const,
    ),
  ),
);

/** Path data of the named candidate, or undefined where there is none. */
function candidatePath(name: string): string | undefined {
  const rings = CANDIDATES.get(name)?.();
  return rings && toPathData(rings);
}

/** The 216 shapes; the first n are, for every n, a farthest-point sample of them all. */
export const SHAPES: readonly Shape[] = SHAPE_ORDER.map((name, index) => {
  const path = candidatePath(name);
  if (path === undefined) throw new RangeError(`shape-order.ts names an unknown shape "${name}"`);
  return { index, name, path };
});

/**
 * Coverage of path data on a square patch, row-major, 0..255 (8 x 8 samples a pixel).
 *
 * @param pixels along a side; a power of two, at most 64
 */
export function rasterise(path: string, pixels = PATCH_PIXELS): Uint8Array {
  // Lengths in 1/320 units: vertices are at multiples of 32. No odd multiple of half the pitch is one, so no
  // sample line passes through a vertex and there are no ties.
  const side = pixels * SAMPLES;
  const pitch = 32000 / side;
  const inside = new Uint8Array(side * side);
  for (const ring of parsePathData(path)) {
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
        // Flips everything right of the crossing: the running XOR below spreads it.
        if (column < side) inside[row * side + column] = 1 - (inside[row * side + column] ?? 0);
      }
    });
  }
  const count = new Uint16Array(pixels * pixels);
  for (let row = 0; row < side; row++) {
    let on = 0;
    for (let column = 0; column < side; column++) {
      on ^= inside[row * side + column] ?? 0;
      const pixel = Math.floor(row / SAMPLES) * pixels + Math.floor(column / SAMPLES);
      count[pixel] = (count[pixel] ?? 0) + on;
    }
  }
  const full = SAMPLES * SAMPLES;
  return Uint8Array.from(count, (hits) => Math.floor((hits * 255 + full / 2) / full));
}

const masks = new Map<number, Uint8Array>();

/**
 * The coverage of a shape's 16 x 16 patch: 256 values, row-major, 0..255.
 * The array is shared between calls: do not write to it.
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

/** Share of the patch that a mask covers, 0..1. */
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

/** Common shapes, which are always in the vocabulary. */
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

/** Greedy farthest-point order of the pool: first the `seeds` as given; on a tie the earlier one. */
function farthestFirst(
  pool: readonly Measured[],
  seeds: readonly string[],
  length: number,
): Measured[] {
  const remaining = new Map(pool.map((item) => [item.name, { ...item, nearest2: Infinity }]));
  const order: Measured[] = [];
  while (order.length < length && remaining.size > 0) {
    const seed = remaining.get(seeds[order.length] ?? '');
    const next =
      seed ??
      [...remaining.values()].reduce((best, item) => (item.nearest2 > best.nearest2 ? item : best));
    remaining.delete(next.name);
    order.push(next);
    for (const item of remaining.values())
      item.nearest2 = Math.min(item.nearest2, maskDistance2(item.mask, next.mask));
  }
  return order;
}

/**
 * Computes the names of the vocabulary in order. The 216 are chosen by farthest point, starting from
 * the familiar shapes, among all candidates whose mask covers 12 % to 80 % of the patch; then they
 * are ordered by farthest point, starting from the disc. This is too slow for a worker's start-up, so
 * the result is stored in `shape-order.ts`; a test compares the two.
 */
export function computeShapeOrder(length = 216): string[] {
  const pool = [...CANDIDATES.keys()]
    .map((name) => ({ name, mask: rasterise(candidatePath(name) ?? '') }))
    .filter(({ mask }) => maskArea(mask) >= 0.12 && maskArea(mask) <= 0.8);
  const chosen = new Set(farthestFirst(pool, FAMILIAR, length).map(({ name }) => name));
  const members = pool.filter(({ name }) => chosen.has(name));
  return farthestFirst(members, ['disc'], length).map(({ name }) => name);
}
