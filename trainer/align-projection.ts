import { Matrix } from 'ml-matrix';
import type { PatchEncoder } from '../inference/patch-encoder.ts';
import { ridgeFactor } from '../probes/ridge.ts';
import type { PlacedObject } from '../task/picture.ts';
import { RandomStream } from '../task/random.ts';
import type { Vocabulary } from '../task/spec.ts';
import { colourToken, shapeToken, TOKEN_COUNT } from '../task/tokens.ts';

/** Coloured shapes to align on, at least. */
const SAMPLE = 4096;
/** Ridge penalty, in units of the mean square of a feature. */
const PENALTY = 1e-3;

/**
 * A projection under which a patch speaks the language of the text that the model knows: ridge
 * regression from the features of a coloured shape to the embedding of its colour plus that of its
 * shape, less their mean. The first stage of a vision-language model is often spent on this alone; here
 * it has a closed form.
 *
 * @param tokens token embeddings [V, D]
 * @param vocabulary names to align on
 * @param grid cells per side of the pictures, of which every one is taken
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
    objects.forEach(({ colour, shape }, cell) => {
      features.push([...encoded.subarray(cell * encoder.width, (cell + 1) * encoder.width)]);
      const shapeEmbedding = embedding(shapeToken(shape));
      targets.push(Array.from(embedding(colourToken(colour)), (x, i) => x + shapeEmbedding[i]));
    });
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
