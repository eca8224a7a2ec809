/**
 * Pictures of the task: coloured shapes on a square grid of 16-pixel cells, as RGB bytes for
 * models and as SVG for people. Integer arithmetic throughout, so bytes agree on every engine.
 */
import { encode } from 'fast-png';
import { BACKGROUND, COLOURS } from './colours.ts';
import type { Colour } from './colours.ts';
import { elementAt } from './element-at.ts';
import { PATCH_PIXELS, SHAPES, shapeMask } from './shapes.ts';
import type { Shape } from './shapes.ts';

/** One object on the grid: vocabulary indices and a zero-based cell. */
export interface PlacedObject {
  /** Index into COLOURS, 0..215. */
  readonly colour: number;
  /** Index into SHAPES, 0..215. */
  readonly shape: number;
  /** Cells from the top. */
  readonly row: number;
  /** Cells from the left. */
  readonly column: number;
}

/** An RGB picture. */
export interface Picture {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** width * height * 3 bytes, row-major, R G B, 0..255. */
  readonly data: Uint8Array;
}

export interface SvgOptions {
  /** Text of the picture's <title>; by default the number of objects and the size of the grid. */
  readonly title?: string;
  /** Where an object is, in words, from its zero-based cell; by default `row 1, column 2`. */
  readonly cell?: (row: number, column: number) => string;
  /** Width and height of the drawing, CSS pixels; by default it fills its container. */
  readonly size?: number;
}

/** Largest number of cells along a side. */
export const MAX_GRID = 32;

const CHANNELS = 3;
const PATCH_ROW = PATCH_PIXELS * CHANNELS;
const PATCH_BYTES = PATCH_PIXELS * PATCH_ROW;

/** @throws RangeError unless `value` is an integer from `low` to `high` */
function requireInteger(name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`${name} must be an integer from ${low} to ${high}, not ${value}`);
  }
}

function colourAt(index: number): Colour {
  requireInteger('colour', index, 0, COLOURS.length - 1);
  return elementAt(COLOURS, index);
}

function shapeAt(index: number): Shape {
  requireInteger('shape', index, 0, SHAPES.length - 1);
  return elementAt(SHAPES, index);
}

/** @throws RangeError unless the objects are on the grid, one per cell, and in the vocabulary */
function validateObjects(objects: readonly PlacedObject[], grid: number): void {
  for (const { colour, shape } of objects) {
    colourAt(colour);
    shapeAt(shape);
  }
  validateCells(objects, grid);
}

/** @throws RangeError unless the cells are on the grid and differ */
function validateCells(cells: readonly Pick<PlacedObject, 'row' | 'column'>[], grid: number): void {
  requireInteger('grid', grid, 1, MAX_GRID);
  const occupied = new Set<number>();
  for (const { row, column } of cells) {
    requireInteger('row', row, 0, grid - 1);
    requireInteger('column', column, 0, grid - 1);
    const cell = row * grid + column;
    if (occupied.has(cell)) {
      throw new RangeError(
        `a cell holds at most 1 object, but row ${row} column ${column} has more`,
      );
    }
    occupied.add(cell);
  }
}

/** `pixels` pixels of background, RGB. */
function backgroundPixels(pixels: number): Uint8Array {
  return Uint8Array.from({ length: pixels * CHANNELS }, (_, k) => BACKGROUND[k % CHANNELS] ?? 0);
}

/** The patch of an empty cell, 16 * 16 * 3 bytes. */
export function emptyPatch(): Uint8Array {
  return backgroundPixels(PATCH_PIXELS * PATCH_PIXELS);
}

/** The patch of one object, 16 * 16 * 3 bytes, the same as its cell in {@link renderPicture}. */
export function renderPatch(colour: number, shape: number): Uint8Array {
  const { rgb } = colourAt(colour);
  shapeAt(shape);
  return blendPatch(rgb, shapeMask(shape));
}

/** A patch in one colour on the background. @param mask coverage by pixel, 0..255 */
export function blendPatch(rgb: Colour['rgb'], mask: Uint8Array): Uint8Array {
  return backgroundPixels(mask.length).map((background, k) => {
    const coverage = mask[Math.floor(k / CHANNELS)] ?? 0;
    const foreground = rgb[k % CHANNELS] ?? 0;
    // Rounded to nearest; 255 is odd, so there are no ties.
    return Math.floor((background * (255 - coverage) + foreground * coverage + 127) / 255);
  });
}

/** The picture of a scene, (grid * 16) pixels square. */
export function renderPicture(objects: readonly PlacedObject[], grid: number): Picture {
  validateObjects(objects, grid);
  const cells = objects.map(({ colour, shape, row, column }) => ({
    row,
    column,
    patch: renderPatch(colour, shape),
  }));
  return composePicture(cells, grid, PATCH_PIXELS);
}

/** A cell of a picture, and its RGB patch. */
export interface PaintedCell extends Pick<PlacedObject, 'row' | 'column'> {
  readonly patch: Uint8Array;
}

/**
 * A picture of patches on the background, (grid * pixels) pixels square.
 *
 * @param pixels along a side of each patch
 * @throws RangeError unless the cells are on the grid, one patch per cell
 */
export function composePicture(
  cells: readonly PaintedCell[],
  grid: number,
  pixels: number,
): Picture {
  validateCells(cells, grid);
  const side = grid * pixels;
  const data = backgroundPixels(side * side);
  const width = pixels * CHANNELS;
  for (const { row, column, patch } of cells) {
    for (let y = 0; y < pixels; y++) {
      const start = ((row * pixels + y) * side + column * pixels) * CHANNELS;
      data.set(patch.subarray(y * width, (y + 1) * width), start);
    }
  }
  return { width: side, height: side, data };
}

/** The cells of a picture, row-major, 16 * 16 * 3 bytes each. */
export function patchesOf(picture: Picture): Uint8Array[] {
  const { width, height, data } = picture;
  const limit = MAX_GRID * PATCH_PIXELS;
  requireInteger('width', width, PATCH_PIXELS, limit);
  requireInteger('height', height, PATCH_PIXELS, limit);
  if (width % PATCH_PIXELS !== 0 || height % PATCH_PIXELS !== 0) {
    throw new RangeError(`sides must be multiples of ${PATCH_PIXELS}, not ${width} x ${height}`);
  }
  requireInteger('data length', data.length, width * height * CHANNELS, width * height * CHANNELS);
  const [columns, rows] = [width / PATCH_PIXELS, height / PATCH_PIXELS];
  return Array.from({ length: rows * columns }, (_, cell) => {
    const [top, left] = [
      Math.floor(cell / columns) * PATCH_PIXELS,
      (cell % columns) * PATCH_PIXELS,
    ];
    const patch = new Uint8Array(PATCH_BYTES);
    for (let y = 0; y < PATCH_PIXELS; y++) {
      const start = ((top + y) * width + left) * CHANNELS;
      patch.set(data.subarray(start, start + PATCH_ROW), y * PATCH_ROW);
    }
    return patch;
  });
}

/** The picture as a PNG file, 8-bit RGB. */
export function picturePng(picture: Picture): Uint8Array {
  const { width, height, data } = picture;
  return encode({ width, height, data, depth: 8, channels: CHANNELS });
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Text for an XML element: markup characters escaped, and characters that XML 1.0 does not allow
 * (control characters, lone surrogates, U+FFFE and U+FFFF) replaced by U+FFFD.
 */
function xmlText(text: string): string {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const control = code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d;
    const surrogate = code >= 0xd800 && code <= 0xdfff;
    if (control || surrogate || code === 0xfffe || code === 0xffff) return '\ufffd';
    return ENTITIES[character] ?? character;
  }).join('');
}

/** The scene as an SVG image: one path per object, 100 units per cell. */
export function pictureSvg(
  objects: readonly PlacedObject[],
  grid: number,
  options: SvgOptions = {},
): string {
  validateObjects(objects, grid);
  const { size, cell = (row: number, column: number) => `row ${row + 1}, column ${column + 1}` } =
    options;
  if (size !== undefined) requireInteger('size', size, 1, 10_000);
  const count = `${objects.length} ${objects.length === 1 ? 'object' : 'objects'}`;
  const title = options.title ?? `Picture of ${count} on a grid of ${grid} by ${grid} cells`;
  const side = grid * 100;
  const paths = objects.map(({ colour, shape, row, column }) => {
    const [{ hex, name: hue }, { path, name: form }] = [colourAt(colour), shapeAt(shape)];
    const label = `${hue} ${form}, ${xmlText(cell(row, column))}`;
    const transform = `translate(${column * 100} ${row * 100})`;
    return `<path transform="${transform}" fill="${hex}" d="${path}"><title>${label}</title></path>`;
  });
  const dimensions = size === undefined ? '' : ` width="${size}" height="${size}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${side} ${side}"${dimensions}>`,
    `<title>${xmlText(title)}</title>`,
    `<rect width="${side}" height="${side}" fill="rgb(${BACKGROUND.join(',')})"/>`,
    `<g fill-rule="evenodd">`,
    ...paths,
    '</g>',
    '</svg>',
  ].join('\n');
}
