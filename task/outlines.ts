/**
 * The plain outlines of the shape vocabulary: bold silhouettes, each one ring on the
 * 100 x 100 box. Parts are about 12 to 18 units thick (2 to 3 pixels of a 16-pixel patch), so
 * that they remain visible after rasterisation.
 */
import { arc, circle, radial, rotate, scale, sine, star } from './geometry.ts';
import type { Point, Ring } from './geometry.ts';

/** A plain silhouette. */
export interface Outline {
  /** Single-token noun. */
  readonly name: string;
  readonly ring: Ring;
  /** On outlines with a body that can be cut: a point that (nearly) the whole edge faces. */
  readonly centre?: Point;
  /** True for the rotated copies of an outline, which are only used plain. */
  readonly rotated?: true;
}

const CENTRE: Point = [50, 50];

/** A polygon from grid marks "xy xy ...", digits 0..9 and A (= 10), 9 units apart from 5 to 95. */
function grid(marks: string): Ring {
  return marks.split(' ').map((mark): Point => {
    const [x, y] = Array.from(mark, (digit) => 5 + 9 * parseInt(digit, 16));
    return [x ?? 0, y ?? 0];
  });
}

/** The outline in four directions, the drawn one (up) first. */
function inFourDirections(name: string, ring: Ring, centre?: Point): Outline[] {
  const upright: Outline = centre === undefined ? { name, ring } : { name, ring, centre };
  const others = ['right', 'down', 'left'].map((direction, k): Outline => ({
    name: `${direction}-${name}`,
    ring: rotate(ring, (k + 1) / 4),
    rotated: true,
  }));
  return [upright, ...others];
}

/** An outline with a body around the centre of the box. */
const withBody = (name: string, ring: Ring): Outline => ({ name, ring, centre: CENTRE });

/** An outline too thin to cut. */
const withoutBody = (name: string, ring: Ring): Outline => ({ name, ring });
const glyph = (name: string, marks: string): Outline => withoutBody(name, grid(marks));

/** A closed curve whose radius oscillates between low and high, `lobes` times per turn. */
function lobed(lobes: number, low: number, high: number, phase = 0): Ring {
  const middle = (high + low) / 2;
  return radial(60, (t) => middle + ((high - low) / 2) * sine(lobes * (t - phase) + 0.25));
}

// One outline per line, as a table.
// prettier-ignore
const radials: readonly Outline[] = [
  withBody('disc', circle(44)),
  withBody('square', grid('11 91 99 19')),
  withBody('diamond', grid('50 A5 5A 05')),
  withBody('pentagon', star(5, 47, 47 * 0.81)),
  withBody('hexagon', radial(6, () => 48)),
  withBody('star', scale(star(5, 50, 22), 1, CENTRE, [50, 53])),
  withoutBody('sparkle', star(4, 49, 17)),
  withBody('hexagram', star(6, 49, 27)),
  withBody('sunburst', star(8, 49, 25)),
  withBody('gear', radial(64, (t) => (Math.floor(t * 16 + 0.5) % 2 === 0 ? 48 : 34))),
  withBody('blossom', lobed(5, 27, 49)),
  withoutBody('clover', lobed(4, 17, 49, 0.125)),
  withBody('trefoil', scale(lobed(3, 15, 52), 1, CENTRE, [50, 56])),
  withoutBody('propeller', scale(lobed(3, 9, 54, 1 / 6), 1, CENTRE, [50, 44])),
  withBody('peanut', radial(48, (t) => 30 + 18 * sine(2 * t + 0.25))),
  withBody('pinwheel', radial(64, (t) => 24 + 26 * (4 * t - Math.floor(4 * t)))),
  withBody('plus', grid('30 70 73 A3 A7 77 7A 3A 37 07 03 33')),
  withBody('saltire', rotate(grid('30 70 73 A3 A7 77 7A 3A 37 07 03 33'), 0.125)),
  withBody('egg', scale(radial(48, (t) => 37 - 9 * sine(t + 0.25) + 6 * sine(2 * t + 0.25)), 1, CENTRE, [50, 43])),
  withoutBody('pillar', grid('30 70 7A 3A')),
  withoutBody('plank', grid('03 A3 A7 07')),
  withBody('capsule', [...arc([28, 50], 22, 1, 0.5), ...arc([72, 50], 22, 0.5, 0)]),
  withBody('eye', [...arc([50, 70], 48, -0.18, 0.18), ...arc([50, 30], 48, 0.32, 0.68)]),
  withBody('leaf', rotate([...arc([50, 76], 58, -0.17, 0.17), ...arc([50, 24], 58, 0.33, 0.67)], -0.125)),
  withBody('slant', grid('32 A2 78 08')),
  withBody('shield', grid('10 90 95 87 5A 27 15')),
  withBody('kite', grid('50 93 5A 13')),
  withBody('bucket', grid('01 A1 89 29')),
  withBody('house', grid('50 A5 95 9A 1A 15 05')),
  withoutBody('hourglass', grid('00 A0 65 AA 0A 45')),
  withoutBody('bowtie', grid('00 54 A0 AA 56 0A')),
];

// One outline per line, as a table.
// prettier-ignore
const curves: readonly Outline[] = [
  ...inFourDirections('triangle', grid('50 A9 09'), [50, 62]),
  ...inFourDirections('arrow', grid('50 A5 75 7A 3A 35 05'), [50, 46]),
  ...inFourDirections('chevron', grid('50 A5 AA 55 0A 05')),
  ...inFourDirections('dome', [...arc([50, 74], 47, -0.25, 0.25)], [50, 56]),
  ...inFourDirections('crescent', [...arc(CENTRE, 47, 0.1193, 0.8807, 32), ...arc([50, 32], 36, 0.8253, 0.1747, 24)]),
  ...inFourDirections('drop', [[50, 2], ...arc([50, 66], 31, 0.18, 0.82, 32)], [50, 62]),
  ...inFourDirections('wedge', [[8, 92], ...arc([8, 92], 86, 0, 0.25)], [38, 62]),
  ...inFourDirections('corner', grid('00 40 46 A6 AA 0A')),
  ...inFourDirections('tee', grid('00 A0 A4 74 7A 3A 34 04')),
  ...inFourDirections('horseshoe', [...arc(CENTRE, 46, 0.6, 1.4, 30), ...arc(CENTRE, 22, 1.4, 0.6, 24)]),
  ...inFourDirections('muncher', [CENTRE, ...arc(CENTRE, 46, 0.12, 0.88, 40)]),
  ...inFourDirections('gable', grid('06 50 A6 AA 0A')),
  { name: 'bell', ring: [...arc([50, 34], 28, -0.25, 0.25, 16), [82, 66], [95, 80], [95, 90], [5, 90], [5, 80], [18, 66]], centre: [50, 55] },
  ...inFourDirections('bolt', grid('60 16 46 3A 94 64 80')).slice(0, 2),
  ...inFourDirections('heart', [[50, 94], ...arc([27, 30], 25, -0.36, 0.2, 16), ...arc([73, 30], 25, -0.2, 0.36, 16)], [50, 46]),
  ...inFourDirections('mushroom', [...arc([50, 52], 46, -0.25, 0.25), [64, 52], [64, 94], [36, 94], [36, 52]]),
  ...inFourDirections('fish', [...arc([46, 80], 52, -0.15, 0.13), [96, 22], [96, 78], ...arc([46, 20], 52, 0.37, 0.65)]),
  ...inFourDirections('ghost', [...arc([50, 46], 40, -0.25, 0.25), [90, 95], [70, 76], [50, 95], [30, 76], [10, 95]]),
  withoutBody('cloud', [...arc([28, 58], 23, 0.5, 1.02), ...arc([52, 40], 27, -0.2, 0.17), ...arc([76, 60], 21, 0, 0.5)]),
  ...inFourDirections('wave', waveRibbon()).slice(0, 2),
];

/** A thick horizontal S-shaped ribbon. */
function waveRibbon(): Ring {
  const edge = (shift: number): Point[] =>
    Array.from({ length: 25 }, (_, k) => [4 + (92 * k) / 24, 50 + shift - 24 * sine(k / 24)]);
  return [...edge(-17), ...edge(17).reverse()];
}

// One outline per line, as a table.
// prettier-ignore
const glyphs: readonly Outline[] = [
  glyph('zed', '00 A0 A3 47 A7 AA 0A 07 63 03'),
  glyph('ess', '00 A0 A2 32 32 34 A4 AA 0A 08 78 76 06'),
  glyph('aitch', '00 30 34 74 70 A0 AA 7A 76 36 3A 0A'),
  glyph('girder', '00 A0 A3 73 77 A7 AA 0A 07 37 33 03'),
  glyph('vee', '00 30 56 70 A0 7A 3A'),
  glyph('wye', '00 30 53 70 A0 75 7A 3A 35'),
  glyph('eff', '00 A0 A3 43 44 84 87 47 4A 0A'),
  glyph('comb', '00 A0 A2 32 34 A4 A6 36 38 A8 AA 0A'),
  glyph('en', '00 30 75 70 A0 AA 7A 35 3A 0A'),
  glyph('em', '00 30 54 70 A0 AA 7A 75 58 35 3A 0A'),
  glyph('stairs', '07 37 34 64 61 A1 AA 0A'),
  glyph('crown', '01 35 50 75 A1 9A 1A'),
  glyph('pine', '50 94 74 A8 68 6A 4A 48 08 34 14'),
  glyph('castle', '00 30 32 42 40 60 62 72 70 A0 AA 6A 66 46 4A 0A'),
  glyph('trident', '00 20 24 44 40 60 64 84 80 A0 A7 67 6A 4A 47 07'),
  glyph('dumbbell', '01 31 34 74 71 A1 A9 79 76 36 39 09'),
  glyph('hook', '50 90 98 7A 2A 08 05 35 37 57'),
  glyph('pennant', '00 A3 36 3A 0A'),
  glyph('anvil', '02 A2 75 78 98 9A 1A 18 38 35 25'),
  glyph('bottle', '40 60 63 85 8A 2A 25 43'),
  glyph('goblet', '00 A0 85 65 68 98 9A 1A 18 48 45 25'),
  glyph('boat', '40 86 A6 8A 2A 06 46'),
  glyph('tap', '00 60 63 A3 A7 87 85 65 66 06'),
  glyph('hammer', '00 80 A3 73 7A 4A 43 03'),
  glyph('cactus', '40 60 65 75 72 A2 A8 68 6A 4A 47 07 01 31 34 44'),
  glyph('molar', '00 A0 7A 64 44 3A'),
  glyph('flash', '30 A0 73 A3 2A 55 05'),
  glyph('tick', '00 36 A1 3A'),
];

/** Every plain outline; "disc" is the first. */
export const OUTLINES: readonly Outline[] = [...radials, ...curves, ...glyphs];
