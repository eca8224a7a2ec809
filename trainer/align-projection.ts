import { Matrix } from 'ml-matrix';
import type { PatchEncoder } from '../inference/patch-encoder.ts';
import { ridgeFactor } from '../probes/ridge.ts';
import type { PlacedObject } from '../task/picture.ts';
import { RandomStream } from '../task/random.ts';
import type { Vocabulary } from '../task/spec.ts';
import { colourToken, shapeToken, TOKEN_COUNT } from '../task/tokens.ts';

/** The least number of coloured shapes to align on. */
const SAMPLE = 4096;
/** Ridge penalty, in units of the mean square of a feature. */
const PENALTY = 1e-3;

/**
 * A projection of patch features to token embeddings: ridge regression from the features of a coloured
 * shape to the embedding of its colour plus that of its shape, less their mean. Vision-language models
 * often train their projection for this first; here it has a closed form.
 *
 * @param tokens token embeddings [V, D]
 * @param vocabulary what colours and shapes are drawn from
 * @param grid cells per side of the pictures; every cell has an object
 * @returns [F, D]
 */
export async function fitAlignedProjection(
  encoder: PatchEncoder,
  tokens: Float32Array,
  vocabulary: Vocabulary,
  grid: number,
  seed: number,
): Promise<Float32Array> {
  const width = tokens.length / TOKEN_COUNT;
  const embedding = (token: number) => tokens.subarray(token * width, (token + 1) * width);
  const stream = new RandomStream([0xa119, seed, vocabulary.colours, vocabulary.shapes]);
  const features: number[][] = [];
  const targets: number[][] = [];
  while (features.length < SAMPLE) {
    const objects = fullPicture(vocabulary, grid, stream);
    const encoded = await encoder.encode(objects, grid);
    for (const [cell, { colour, shape }] of objects.entries()) {
      features.push([...encoded.subarray(cell * encoder.width, (cell + 1) * encoder.width)]);
      const target = Matrix.rowVector(embedding(colourToken(colour)));
      targets.push(target.add(Matrix.rowVector(embedding(shapeToken(shape)))).to1DArray());
    }
  }
  const X = new Matrix(features);
  const Y = new Matrix(targets).center('column');
  const projection = ridgeFactor(X, PENALTY).solve(X.transpose().mmul(Y));
  return Float32Array.from(projection.to1DArray());
}

const fullPicture = (vocabulary: Vocabulary, grid: number, stream: RandomStream): PlacedObject[] =>
  Array.from({ length: grid ** 2 }, (_, cell) => ({
    colour: stream.below(vocabulary.colours),
    shape: stream.below(vocabulary.shapes),
    row: Math.floor(cell / grid),
    column: cell % grid,
  }));
