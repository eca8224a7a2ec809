/**
 * Plane geometry for the shape outlines, on a box of 100 x 100 units, x to the right and y
 * down. Only + - * / and rounding are used: the language defines them exactly, unlike Math.sin,
 * so outlines are byte for byte the same on every engine.
 */

/** A point, box units. */
export type Point = readonly [x: number, y: number];
/** A closed outline; the last point joins the first. */
export type Ring = readonly Point[];

/** Taylor coefficients of the sine, highest power (15) first. */
const SERIES = [-1307674368000, 6227020800, -39916800, 362880, -5040, 120, -6, 1].map((n) => 1 / n);

/** Sine of an angle given in turns (1 = full circle), accurate to about 1e-11. */
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
export function rectangle(left: number, top: number, right: number, bottom: number): Ring {
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

/** The ring scaled about `from`, then moved so that `from` is at `to`. */
export function scale(ring: Ring, factor: number, from: Point, to: Point = from): Ring {
  return ring.map(([x, y]) => [to[0] + (x - from[0]) * factor, to[1] + (y - from[1]) * factor]);
}

/** The ring rotated clockwise about the box centre. */
export function rotate(ring: Ring, turns: number): Ring {
  const [c, s] = [cosine(turns), sine(turns)];
  return ring.map(([x, y]) => [50 + (x - 50) * c - (y - 50) * s, 50 + (x - 50) * s + (y - 50) * c]);
}

/**
 * The part of a ring within low <= axis <= high (Sutherland-Hodgman, once per side). A concave
 * ring may get edges that overlap each other; filled even-odd they paint nothing.
 */
export function clipToBand(ring: Ring, axis: 0 | 1, low: number, high: number): Ring {
  return clipToHalfPlane(clipToHalfPlane(ring, axis, low, 1), axis, high, -1);
}

function clipToHalfPlane(ring: Ring, axis: 0 | 1, limit: number, side: 1 | -1): Ring {
  const clipped: Point[] = [];
  let start = ring.at(-1);
  for (const end of ring) {
    const d0 = side * ((start ?? end)[axis] - limit);
    const d1 = side * (end[axis] - limit);
    if (start !== undefined && d0 >= 0 !== d1 >= 0) {
      const t = d0 / (d0 - d1);
      clipped.push([start[0] + t * (end[0] - start[0]), start[1] + t * (end[1] - start[1])]);
    }
    if (d1 >= 0) clipped.push(end);
    start = end;
  }
  return clipped;
}

/** Whether a disc about `centre` crosses no edge of the ring. */
export function isClearOfEdges(ring: Ring, centre: Point, radius: number): boolean {
  return ring.every(([ax, ay], k) => {
    const [bx, by] = ring[(k + 1) % ring.length] ?? [ax, ay];
    const [dx, dy] = [bx - ax, by - ay];
    const length2 = dx * dx + dy * dy || 1;
    const t = Math.max(0, Math.min(1, ((centre[0] - ax) * dx + (centre[1] - ay) * dy) / length2));
    const [ex, ey] = [ax + t * dx - centre[0], ay + t * dy - centre[1]];
    return ex * ex + ey * ey >= radius * radius;
  });
}

/** "12.3" for 123. A table, since start-up writes the same thousand numbers many times. */
const TENTHS: string[] = Array.from({ length: 1001 }, (_, tenths) => {
  const rest = tenths % 10;
  return rest === 0 ? `${tenths / 10}` : `${(tenths - rest) / 10}.${rest}`;
});

/** SVG path data: M, L and Z only, coordinates rounded to a tenth of a unit, within the box. */
export function toPathData(rings: readonly Ring[]): string {
  let path = '';
  for (const ring of rings) {
    if (ring.length < 3) continue;
    let mark = 'M';
    for (const point of ring) {
      const x = TENTHS[Math.round(point[0] * 10)];
      const y = TENTHS[Math.round(point[1] * 10)];
      if (x === undefined || y === undefined) throw new RangeError('a point is outside the box');
      path += `${mark}${x} ${y}`;
      mark = 'L';
    }
    path += 'Z';
  }
  return path;
}

/** The rings of path data made by {@link toPathData}. */
export function parsePathData(path: string): Ring[] {
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
