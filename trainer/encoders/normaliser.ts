/** Shift and scale that give each feature mean 0 and variance 1 over some sample. */
export interface Normaliser {
  readonly mean: Float32Array;
  readonly inverse: Float32Array;
}

/** @param features [samples, width] */
export function normaliserOf(features: Float32Array, width: number): Normaliser {
  const samples = features.length / width;
  const mean = new Float32Array(width);
  const square = new Float32Array(width);
  features.forEach((value, place) => {
    mean[place % width] += value / samples;
    square[place % width] += value ** 2 / samples;
  });
  // A feature that never varies stays at zero instead of being blown up.
  const inverse = square.map((value, place) => 1 / Math.sqrt(value - mean[place] ** 2 + 1e-3));
  return { mean, inverse };
}
