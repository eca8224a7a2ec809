import { Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { FEW_NAMES } from '../../trainer/regimes/streams.ts';
import { fitAlignedProjection } from '../../trainer/align-projection.ts';
import { openFrozenEncoder } from '../../measurement/encoders/index.ts';
import { RandomStream } from '../../task/random.ts';
import { colourToken, shapeToken, TOKEN_COUNT } from '../../task/tokens.ts';
import { ROOT } from '../../build/paths.ts';

const WIDTH = 64;

/** Values as rows of this many. */
const matrix = (values: Float32Array, columns: number) =>
  Matrix.from1DArray(values.length / columns, columns, values);

describe('an aligned projection', () => {
  it('makes a patch look like the embeddings of its colour and its shape', async () => {
    const encoder = await openFrozenEncoder('random', `${ROOT}models`);
    const normal = new RandomStream([1, 2, 3, 4]);
    const tokens = Float32Array.from({ length: TOKEN_COUNT * WIDTH }, () => normal.normal());
    const projection = await fitAlignedProjection(encoder, tokens, FEW_NAMES, 6, 0);
    expect(projection).toHaveLength(encoder.width * WIDTH);

    const objects = Array.from({ length: 36 }, (_, cell) => ({
      colour: cell,
      shape: (cell * 7 + 3) % 40,
      row: Math.floor(cell / 6),
      column: cell % 6,
    }));
    const features = await encoder.encode(objects, 6);
    const projected = matrix(features, encoder.width).mmul(matrix(projection, WIDTH)); // [36, D]
    const products = projected.mmul(matrix(tokens, WIDTH).transpose()); // [36, V]
    const closest = (cell: number, token: (index: number) => number) => {
      const values = Array.from({ length: FEW_NAMES.colours }, (_, index) =>
        products.get(cell, token(index)),
      );
      return values.indexOf(Math.max(...values));
    };
    const colours = objects.filter(({ colour }, cell) => closest(cell, colourToken) === colour);
    const shapes = objects.filter(({ shape }, cell) => closest(cell, shapeToken) === shape);
    expect(colours.length).toBeGreaterThanOrEqual(34);
    expect(shapes.length).toBeGreaterThanOrEqual(34);
  });
});
