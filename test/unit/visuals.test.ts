import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { BACKGROUND, COLOURS, okLabUnits } from '../../task/colours.ts';
import {
  MAX_GRID,
  emptyPatch,
  patchesOf,
  picturePng,
  pictureSvg,
  renderPatch,
  renderPicture,
} from '../../task/picture.ts';
import type { PlacedObject } from '../../task/picture.ts';
import { SHAPE_ORDER } from '../../task/shape-order.ts';
import {
  PATCH_PIXELS,
  SHAPES,
  computeShapeOrder,
  maskArea,
  maskDistance2,
  rasterise,
  shapeMask,
} from '../../task/shapes.ts';

/** Least distance of any two of the first n shapes, coverage units (1 = one full pixel). */
function leastMaskDistance(n: number): number {
  let least = Infinity;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      least = Math.min(least, maskDistance2(shapeMask(i), shapeMask(j)));
    }
  }
  return Math.sqrt(least) / 255;
}

/** Squared OKLab distance of two colours, 1e-8 units. */
function colourDistance2(p: readonly number[], q: readonly number[]): number {
  return p.reduce((sum, value, k) => sum + (value - (q[k] ?? 0)) ** 2, 0);
}

describe('colours', () => {
  it('are the whole cube, with unique one-token names', () => {
    expect(COLOURS).toHaveLength(216);
    expect(new Set(COLOURS.map(({ name }) => name)).size).toBe(216);
    expect(new Set(COLOURS.map(({ hex }) => hex)).size).toBe(216);
    COLOURS.forEach(({ index, name, hex, rgb }, k) => {
      expect(index).toBe(k);
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(hex).toBe(`#${Buffer.from(rgb).toString('hex')}`);
      expect(rgb.every((byte) => byte % 51 === 0)).toBe(true);
      expect(rgb).not.toEqual(BACKGROUND);
    });
  });

  it('are named by what they look like', () => {
    const named = new Map(COLOURS.map(({ name, hex }) => [name, hex]));
    expect(named.get('vivid-red')).toBe('#ff0000');
    expect(named.get('deep-blue')).toBe('#000099');
    expect(named.get('pale-yellow')).toBe('#ffff99');
    expect(named.get('vivid-cyan')).toBe('#00ffff');
    expect(named.get('white')).toBe('#ffffff');
  });

  it('come in farthest-point order, the background counted as taken', () => {
    const labs = COLOURS.map(({ rgb }) => okLabUnits(rgb));
    const gaps = labs.map((lab) => colourDistance2(lab, okLabUnits(BACKGROUND)));
    labs.forEach((taken, k) => {
      expect(gaps[k]).toBe(Math.max(...gaps.slice(k)));
      labs.forEach((lab, other) => {
        gaps[other] = Math.min(gaps[other] ?? 0, colourDistance2(lab, taken));
      });
    });
  });
});

describe('shapes', () => {
  it('are 216, with unique one-token names and plain path data', () => {
    expect(SHAPES).toHaveLength(216);
    expect(new Set(SHAPES.map(({ name }) => name)).size).toBe(216);
    SHAPES.forEach(({ index, name, path }, k) => {
      expect(index).toBe(k);
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(path).toMatch(/^(M\d+(\.\d)? \d+(\.\d)?(L\d+(\.\d)? \d+(\.\d)?){2,}Z)+$/);
      expect(Math.max(...(path.match(/[\d.]+/g) ?? []).map(Number))).toBeLessThanOrEqual(100);
    });
  });

  it('share no word with colours', () => {
    const colours = new Set(COLOURS.map(({ name }) => name));
    expect(SHAPES.filter(({ name }) => colours.has(name))).toEqual([]);
  });

  it('are tellable apart on a patch', () => {
    expect(leastMaskDistance(216)).toBeGreaterThan(3.5);
    expect(leastMaskDistance(100)).toBeGreaterThan(5.5);
    expect(leastMaskDistance(40)).toBeGreaterThan(6.5);
  });

  it('cover 12 % to 80 % of a patch', () => {
    for (const { index } of SHAPES) {
      expect(maskArea(shapeMask(index))).toBeGreaterThanOrEqual(0.12);
      expect(maskArea(shapeMask(index))).toBeLessThanOrEqual(0.8);
    }
  });

  it('come in the computed order', () => {
    expect(computeShapeOrder()).toEqual(SHAPE_ORDER);
  });

  it('are rasterised exactly where that can be worked out by hand', () => {
    // A box over pixels 4..11 in x and 0..15 in y, with its middle cut out by even-odd.
    const mask = rasterise('M25 0L75 0L75 100L25 100ZM37.5 0L62.5 0L62.5 100L37.5 100Z');
    const row = [0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0];
    expect([...mask]).toEqual(Array.from({ length: 16 }, () => row).flat());
    // Half of every pixel in one column.
    expect(rasterise('M0 0L3.125 0L3.125 100L0 100Z')[0]).toBe(128);
  });

  it('refuse an unknown index', () => {
    expect(() => shapeMask(216)).toThrow(/shape must be an integer from 0 to 215/);
    expect(() => shapeMask(-1)).toThrow(RangeError);
    expect(() => shapeMask(0.5)).toThrow(RangeError);
  });
});

/** A scene of any size with at most one object in a cell. */
const scene = fc.integer({ min: 1, max: 6 }).chain((grid) =>
  fc
    .uniqueArray(
      fc.record({
        colour: fc.nat(215),
        shape: fc.nat(215),
        row: fc.nat(grid - 1),
        column: fc.nat(grid - 1),
      }),
      { selector: ({ row, column }) => row * grid + column },
    )
    .map((objects): { grid: number; objects: PlacedObject[] } => ({ grid, objects })),
);

describe('pictures', () => {
  it('show in every cell the patch of its object', () => {
    fc.assert(
      fc.property(scene, ({ grid, objects }) => {
        const picture = renderPicture(objects, grid);
        expect(picture.width).toBe(grid * PATCH_PIXELS);
        expect(picture.height).toBe(grid * PATCH_PIXELS);
        const cells = Array.from({ length: grid * grid }, () => emptyPatch());
        for (const { colour, shape, row, column } of objects) {
          cells[row * grid + column] = renderPatch(colour, shape);
        }
        const patches = patchesOf(picture);
        expect(patches).toHaveLength(cells.length);
        expect(patches.every((patch, k) => Buffer.compare(patch, cells[k] ?? patch) === 0)).toBe(
          true,
        );
      }),
      { numRuns: 30 },
    );
  });

  it('survive the way through a PNG file', () => {
    fc.assert(
      fc.property(scene, ({ grid, objects }) => {
        const picture = renderPicture(objects, grid);
        const decoded = decode(picturePng(picture));
        expect([decoded.width, decoded.height]).toEqual([picture.width, picture.height]);
        expect([decoded.channels, decoded.depth]).toEqual([3, 8]);
        expect(Buffer.compare(Uint8Array.from(decoded.data), picture.data)).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  it('blend full coverage to the colour and none to the background', () => {
    const mask = shapeMask(0);
    const patch = renderPatch(0, 0);
    mask.forEach((coverage, k) => {
      const pixel = [...patch.subarray(3 * k, 3 * k + 3)];
      if (coverage === 255) expect(pixel).toEqual([...(COLOURS[0]?.rgb ?? [])]);
      if (coverage === 0) expect(pixel).toEqual([...BACKGROUND]);
    });
  });

  it('come as well-formed, accessible SVG', () => {
    const objects = [
      { colour: 3, shape: 5, row: 0, column: 1 },
      { colour: 0, shape: 0, row: 1, column: 0 },
    ];
    const svg = pictureSvg(objects, 2, { title: 'a < b & "c" > d\u0000\u001f\ud800', size: 320 });
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" role="img" /);
    expect(svg).toContain('viewBox="0 0 200 200" width="320" height="320"');
    expect(svg).toContain('<title>a &lt; b &amp; "c" &gt; d\ufffd\ufffd\ufffd</title>');
    expect(svg.match(/<path /g)).toHaveLength(2);
    expect(svg).toContain(`fill="${COLOURS[3]?.hex}" d="${SHAPES[5]?.path}"`);
    expect(svg).toContain('translate(100 0)');
    expect(svg).toContain(`<title>${COLOURS[0]?.name} ${SHAPES[0]?.name}, row 2, column 1</title>`);
    // Every tag that opens closes, in order.
    const open: string[] = [];
    for (const [, close, tag, self] of svg.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)) {
      if (close === '/') expect(open.pop()).toBe(tag);
      else if (self !== '/') open.push(tag ?? '');
    }
    expect(open).toEqual([]);
    expect(pictureSvg([], 3)).toContain('Picture of 0 objects on a grid of 3 by 3 cells');
  });

  it('refuse what they cannot show, naming the limits', () => {
    const fine = { colour: 0, shape: 0, row: 0, column: 0 };
    const cases: [Partial<PlacedObject>, RegExp][] = [
      [{ colour: 216 }, /colour must be an integer from 0 to 215, not 216/],
      [{ shape: -1 }, /shape must be an integer from 0 to 215, not -1/],
      [{ row: 2 }, /row must be an integer from 0 to 1, not 2/],
      [{ column: 0.5 }, /column must be an integer from 0 to 1, not 0.5/],
    ];
    for (const draw of [renderPicture, pictureSvg]) {
      for (const [change, message] of cases) {
        expect(() => draw([{ ...fine, ...change }], 2)).toThrow(message);
        expect(() => draw([{ ...fine, ...change }], 2)).toThrow(RangeError);
      }
      expect(() => draw([fine, { ...fine, shape: 1 }], 2)).toThrow(
        /at most 1 object, but row 0 column 0/,
      );
      expect(() => draw([], 0)).toThrow(`grid must be an integer from 1 to ${MAX_GRID}, not 0`);
      expect(() => draw([], MAX_GRID + 1)).toThrow(RangeError);
    }
    expect(() => renderPatch(0, 999)).toThrow(RangeError);
    expect(() => renderPatch(NaN, 0)).toThrow(RangeError);
    expect(() => pictureSvg([], 1, { size: 0 })).toThrow(RangeError);
    expect(() => patchesOf({ width: 17, height: 16, data: new Uint8Array(816) })).toThrow(
      RangeError,
    );
    expect(() => patchesOf({ width: 16, height: 16, data: new Uint8Array(3) })).toThrow(RangeError);
  });
});

it('every byte of the vocabulary is the published one', () => {
  const hash = createHash('sha256');
  for (const { name, hex } of COLOURS) hash.update(`${name} ${hex}\n`);
  for (const { index, name, path } of SHAPES) {
    hash.update(`${name} ${path}\n`).update(shapeMask(index));
  }
  // Models are trained on these bytes: if this changes, they have to be trained again.
  expect(hash.digest('hex')).toBe(
    'a6ee3cb1262260aca07c970faad2cd394dbd40df22ba3521af79082885ef3512',
  );
});
