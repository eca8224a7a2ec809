import { describe, expect, it } from 'vitest';
import { FEW_NAMES } from '../../trainer/regimes/streams.ts';
import { fitAlignedProjection } from '../../trainer/align-projection.ts';
import { openFrozenEncoder } from '../../measurement/encoders/index.ts';
import { RandomStream } from '../../task/random.ts';
import { colourToken, shapeToken, TOKEN_COUNT } from '../../task/tokens.ts';
import { ROOT } from '../../build/paths.ts';

const WIDTH = 64;

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
    const seen = (cell: number) =>
      Array.from({ length: WIDTH }, (_, column) => {
        let sum = 0;
        for (let i = 0; i < encoder.width; i++) {
          sum += features[cell * encoder.width + i] * projection[i * WIDTH + column];
        }
        return sum;
      });
    const closest = (vector: number[], token: (index: number) => number) => {
      const products = Array.from({ length: FEW_NAMES.colours }, (_, index) =>
        vector.reduce((sum, value, i) => sum + value * tokens[token(index) * WIDTH + i], 0),
      );
      return products.indexOf(Math.max(...products));
    };
    const right = { colour: 0, shape: 0 };
    objects.forEach(({ colour, shape }, cell) => {
      const vector = seen(cell);
      if (closest(vector, colourToken) === colour) right.colour++;
      if (closest(vector, shapeToken) === shape) right.shape++;
    });
    expect(right.colour).toBeGreaterThanOrEqual(34);
    expect(right.shape).toBeGreaterThanOrEqual(34);
  });
});
