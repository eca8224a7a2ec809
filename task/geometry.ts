/**
 * Plane geometry for the shape outlines, on a box of 100 x 100 units, x to the right and y
 * down. Only + - * / and rounding are used: unlike Math.sin they are exact by the language's
 * definition, so outlines come out byte for byte the same on every engine.
 */

/** A point, box units. */
export type Point = readonly [x: number, y: number];
/** A closed outline; the last point joins the first. */
export type Ring = readonly Point[];

/** Taylor coefficients of the sine, highest power (15) first. */
const SERIES = [-1307674368000, 6227020800, -39916800, 362880, -5040, 120, -6, 1].map((n) => 1 / n);

/** Sine of an angle given in turns (1 = full circle), right to about 1e-11. */
export function sine(turns: number): number {
  let t = turns - Math.round(turns);
  // Fold into a quarter turn either side of 0, where the short series is enough.
  if (t > 0.25) t = 0.5 - t;
  else if (t < -0.25) t = -0.5 - t;
  const x = 2 * Math.PI * t;
  const x2 = x * x;
  let sum = 0;
  for (const coefficient of SERIES) sum = sum * x2 + coefficient;
  return sum * x;
}

/** Cosine of an angle given in turns. */
export const cosine = (turns: number): number => sine(turns + 0.25);

/** The point at `radius` from `centre`; turns run clockwise from straight up. */
export function polar(radius: number, turns: number, centre: Point = [50, 50]): Point {
  return [centre[0] + radius * sine(turns), centre[1] - radius * cosine(turns)];
}

/** A ring sampled from radius(turns), starting at the top. */
export function radial(samples: number, radius: (turns: number) => number): Ring {
  return Array.from({ length: samples }, (_, k) => polar(radius(k / samples), k / samples));
}

/** A circular arc from one angle to another (turns), both ends included. */
export function arc(centre: Point, radius: number, from: number, to: number, steps = 20): Ring {
  return Array.from({ length: steps + 1 }, (_, k) =>
    polar(radius, from + ((to - from) * k) / steps, centre),
  );
}

/** A circle as a ring. */
export function circle(radius: number, centre: Point = [50, 50]): Ring {
  return arc(centre, radius, 0, 1, 40).slice(1);
}

/** An axis-parallel rectangle. */
export function box(left: number, top: number, right: number, bottom: number): Ring {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}

/** A star with `points` tips. */
export function star(points: number, outer: number, inner: number, phase = 0): Ring {
  return Array.from({ length: 2 * points }, (_, k) =>
    polar(k % 2 === 0 ? outer : inner, phase + k / (2 * points)),
  );
}

/** The ring scaled about `from` and moved so that `from` lands on `to`. */
export function scaled(ring: Ring, factor: number, from: Point, to: Point = from): Ring {
  return ring.map(([x, y]) => [to[0] + (x - from[0]) * factor, to[1] + (y - from[1]) * factor]);
}

/** The ring turned clockwise about the box centre. */
export function turned(ring: Ring, turns: number): Ring {
  const [c, s] = [cosine(turns), sine(turns)];
  return ring.map(([x, y]) => [50 + (x - 50) * c - (y - 50) * s, 50 + (x - 50) * s + (y - 50) * c]);
}

/**
 * The part of a ring within low <= axis <= high (Sutherland-Hodgman, once per side). A concave
 * ring may come back with edges that run there and back; under even-odd they paint nothing.
 */
export function band(ring: Ring, axis: 0 | 1, low: number, high: number): Ring {
  return cut(cut(ring, axis, low, 1), axis, high, -1);
}

function cut(ring: Ring, axis: 0 | 1, limit: number, side: 1 | -1): Ring {
  const kept: Point[] = [];
  let before = ring[ring.length - 1];
  for (const here of ring) {
    const d0 = side * ((before ?? here)[axis] - limit);
    const d1 = side * (here[axis] - limit);
    if (before !== undefined && d0 >= 0 !== d1 >= 0) {
      const t = d0 / (d0 - d1);
      kept.push([before[0] + t * (here[0] - before[0]), before[1] + t * (here[1] - before[1])]);
    }
    if (d1 >= 0) kept.push(here);
    before = here;
  }
  return kept;
}

/** Whether a disc about `centre` crosses no edge of the ring. */
export function clears(ring: Ring, centre: Point, radius: number): boolean {
  return ring.every(([ax, ay], k) => {
    const [bx, by] = ring[(k + 1) % ring.length] ?? [ax, ay];
    const [dx, dy] = [bx - ax, by - ay];
    const length2 = dx * dx + dy * dy || 1;
    const t = Math.max(0, Math.min(1, ((centre[0] - ax) * dx + (centre[1] - ay) * dy) / length2));
    const [ex, ey] = [ax + t * dx - centre[0], ay + t * dy - centre[1]];
    return ex * ex + ey * ey >= radius * radius;
  });
}

/** "12.3" for 123: kept, as the same thousand numbers are wanted again and again at start-up. */
const TENTHS: string[] = Array.from({ length: 1001 }, (_, tenths) => {
  const rest = tenths % 10;
  return rest === 0 ? `${tenths / 10}` : `${(tenths - rest) / 10}.${rest}`;
});

/** SVG path data: M, L and Z only, coordinates rounded to a tenth of a unit, within the box. */
export function pathOf(rings: readonly Ring[]): string {
  let path = '';
  for (const ring of rings) {
    if (ring.length < 3) continue;
    let mark = 'M';
    for (const point of ring) {
      const x = TENTHS[Math.round(point[0] * 10)];
      const y = TENTHS[Math.round(point[1] * 10)];
      if (x === undefined || y === undefined) throw new RangeError('a point lies off the box');
      path += `${mark}${x} ${y}`;
      mark = 'L';
    }
    path += 'Z';
  }
  return path;
}

/** The rings of path data made by {@link pathOf}. */
export function ringsOf(path: string): Ring[] {
  return path
    .split('Z')
    .filter((part) => part !== '')
    .map((part) =>
      part
        .slice(1)
        .split('L')
        .map((pair): Point => {
          const [x, y] = pair.split(' ').map(Number);
          return [x ?? 0, y ?? 0];
        }),
    );
}
