import { elementAt } from '../element-at.ts';
import { blendPatch, composePicture, type PlacedObject, type Picture } from '../picture.ts';
import { rasterise } from '../shapes.ts';
import type { WordList } from './word-lists.ts';

/** Pixels along a cell: four times those of the task's pictures, so that encoders of larger models see the shape. */
export const CELL_PIXELS = 64;

/**
 * The picture of a scene with the colours and shapes of a word list.
 *
 * @param grid cells per side
 * @throws RangeError where two objects are in one cell, or the list has no outline for a shape
 */
export function drawWords(
  objects: readonly PlacedObject[],
  grid: number,
  words: WordList,
): Picture {
  const cells = objects.map(({ colour, shape, row, column }) => {
    const { word, path } = elementAt(words.shapes, shape);
    if (path === undefined) throw new RangeError(`pictures have no outline for the shape ${word}`);
    const { rgb } = elementAt(words.colours, colour);
    return { row, column, patch: blendPatch(rgb, rasterise(path, CELL_PIXELS)) };
  });
  return composePicture(cells, grid, CELL_PIXELS);
}
