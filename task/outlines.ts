/**
 * The plain outlines the shape vocabulary is made from: bold silhouettes, each one
 * ring on the 100 x 100 box. Features are kept some 12 to 18 units thick (2 to 3 pixels of a
 * 16-pixel patch), so that they survive rasterisation; the one-line recipes are the design.
 */
import { arc, circle, radial, scaled, sine, star, turned } from './geometry.ts';
import type { Point, Ring } from './geometry.ts';

/** A plain silhouette. */
export interface Outline {
  /** Single-token noun. */
  readonly name: string;
  readonly ring: Ring;
  /** Present on outlines with a body to cut: a point from which (nearly) the whole edge is seen. */
  readonly eye?: Point;
  /** True for the turned copies of an outline, which are used plain only. */
  readonly turned?: true;
}

const CENTRE: Point = [50, 50];

/** A polygon from grid marks "xy xy ...", digits 0..9 and A (= 10), 9 units apart from 5 to 95. */
function grid(marks: string): Ring {
  return marks.split(' ').map((mark): Point => {
    const [x, y] = Array.from(mark, (digit) => 5 + 9 * parseInt(digit, 16));
    return [x ?? 0, y ?? 0];
  });
}

/** The outline in four directions, as drawn (up) first. */
function compass(name: string, ring: Ring, eye?: Point): Outline[] {
  const upright: Outline = eye === undefined ? { name, ring } : { name, ring, eye };
  const ways = ['right', 'down', 'left'].map((way, k): Outline => ({
    name: `${way}-${name}`,
    ring: turned(ring, (k + 1) / 4),
    turned: true,
  }));
  return [upright, ...ways];
}

/** An outline whose body is cut about the centre of the box. */
const round = (name: string, ring: Ring): Outline => ({ name, ring, eye: CENTRE });

/** An outline too thin to cut. */
const thin = (name: string, ring: Ring): Outline => ({ name, ring });
const glyph = (name: string, marks: string): Outline => thin(name, grid(marks));

/** A blob whose radius waves between low and high, `lobes` times around. */
function lobed(lobes: number, low: number, high: number, phase = 0): Ring {
  const middle = (high + low) / 2;
  return radial(60, (t) => middle + ((high - low) / 2) * sine(lobes * (t - phase) + 0.25));
}

// One recipe a line, as a table.
// prettier-ignore
const radials: readonly Outline[] = [
  round('disc', circle(44)),
  round('square', grid('11 91 99 19')),
  round('diamond', grid('50 A5 5A 05')),
  round('pentagon', star(5, 47, 47 * 0.81)),
  round('hexagon', radial(6, () => 48)),
  round('star', scaled(star(5, 50, 22), 1, CENTRE, [50, 53])),
  thin('sparkle', star(4, 49, 17)),
  round('hexagram', star(6, 49, 27)),
  round('sunburst', star(8, 49, 25)),
  round('gear', radial(64, (t) => (Math.floor(t * 16 + 0.5) % 2 === 0 ? 48 : 34))),
  round('blossom', lobed(5, 27, 49)),
  thin('clover', lobed(4, 17, 49, 0.125)),
  round('trefoil', scaled(lobed(3, 15, 52), 1, CENTRE, [50, 56])),
  thin('propeller', scaled(lobed(3, 9, 54, 1 / 6), 1, CENTRE, [50, 44])),
  round('peanut', radial(48, (t) => 30 + 18 * sine(2 * t + 0.25))),
  round('pinwheel', radial(64, (t) => 24 + 26 * (4 * t - Math.floor(4 * t)))),
  round('plus', grid('30 70 73 A3 A7 77 7A 3A 37 07 03 33')),
  round('saltire', turned(grid('30 70 73 A3 A7 77 7A 3A 37 07 03 33'), 0.125)),
  round('egg', scaled(radial(48, (t) => 37 - 9 * sine(t + 0.25) + 6 * sine(2 * t + 0.25)), 1, CENTRE, [50, 43])),
  thin('pillar', grid('30 70 7A 3A')),
  thin('plank', grid('03 A3 A7 07')),
  round('capsule', [...arc([28, 50], 22, 1, 0.5), ...arc([72, 50], 22, 0.5, 0)]),
  round('eye', [...arc([50, 70], 48, -0.18, 0.18), ...arc([50, 30], 48, 0.32, 0.68)]),
  round('leaf', turned([...arc([50, 76], 58, -0.17, 0.17), ...arc([50, 24], 58, 0.33, 0.67)], -0.125)),
  round('slant', grid('32 A2 78 08')),
  round('shield', grid('10 90 95 87 5A 27 15')),
  round('kite', grid('50 93 5A 13')),
  round('bucket', grid('01 A1 89 29')),
  round('house', grid('50 A5 95 9A 1A 15 05')),
  thin('hourglass', grid('00 A0 65 AA 0A 45')),
  thin('bowtie', grid('00 54 A0 AA 56 0A')),
];

// One recipe a line, as a table.
// prettier-ignore
const curves: readonly Outline[] = [
  ...compass('triangle', grid('50 A9 09'), [50, 62]),
  ...compass('arrow', grid('50 A5 75 7A 3A 35 05'), [50, 46]),
  ...compass('chevron', grid('50 A5 AA 55 0A 05')),
  ...compass('dome', [...arc([50, 74], 47, -0.25, 0.25)], [50, 56]),
  ...compass('crescent', [...arc(CENTRE, 47, 0.1193, 0.8807, 32), ...arc([50, 32], 36, 0.8253, 0.1747, 24)]),
  ...compass('drop', [[50, 2], ...arc([50, 66], 31, 0.18, 0.82, 32)], [50, 62]),
  ...compass('wedge', [[8, 92], ...arc([8, 92], 86, 0, 0.25)], [38, 62]),
  ...compass('corner', grid('00 40 46 A6 AA 0A')),
  ...compass('tee', grid('00 A0 A4 74 7A 3A 34 04')),
  ...compass('horseshoe', [...arc(CENTRE, 46, 0.6, 1.4, 30), ...arc(CENTRE, 22, 1.4, 0.6, 24)]),
  ...compass('muncher', [CENTRE, ...arc(CENTRE, 46, 0.12, 0.88, 40)]),
  ...compass('gable', grid('06 50 A6 AA 0A')),
  { name: 'bell', ring: [...arc([50, 34], 28, -0.25, 0.25, 16), [82, 66], [95, 80], [95, 90], [5, 90], [5, 80], [18, 66]], eye: [50, 55] },
  ...compass('bolt', grid('60 16 46 3A 94 64 80')).slice(0, 2),
  ...compass('heart', [[50, 94], ...arc([27, 30], 25, -0.36, 0.2, 16), ...arc([73, 30], 25, -0.2, 0.36, 16)], [50, 46]),
  ...compass('mushroom', [...arc([50, 52], 46, -0.25, 0.25), [64, 52], [64, 94], [36, 94], [36, 52]]),
  ...compass('fish', [...arc([46, 80], 52, -0.15, 0.13), [96, 22], [96, 78], ...arc([46, 20], 52, 0.37, 0.65)]),
  ...compass('ghost', [...arc([50, 46], 40, -0.25, 0.25), [90, 95], [70, 76], [50, 95], [30, 76], [10, 95]]),
  thin('cloud', [...arc([28, 58], 23, 0.5, 1.02), ...arc([52, 40], 27, -0.2, 0.17), ...arc([76, 60], 21, 0, 0.5)]),
  ...compass('wave', waveRibbon()).slice(0, 2),
];

/** A fat horizontal S-shaped ribbon. */
function waveRibbon(): Ring {
  const edge = (shift: number): Point[] =>
    Array.from({ length: 25 }, (_, k) => [4 + (92 * k) / 24, 50 + shift - 24 * sine(k / 24)]);
  return [...edge(-17), ...edge(17).reverse()];
}

// One recipe a line, as a table.
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
