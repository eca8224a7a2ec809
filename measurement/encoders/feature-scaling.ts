/** Gives each feature mean 0 and variance 1 over a sample: `(x - mean) * inverseDeviation`. */
export interface FeatureScaling {
  /** [F] */
  readonly mean: Float32Array;
  /** [F] */
  readonly inverseDeviation: Float32Array;
}

/** Keeps a feature that never varies at zero. */
const VARIANCE_FLOOR = 1e-3;

/** @param features [samples, width] */
export function fitScaling(features: Float32Array, width: number): FeatureScaling {
  const samples = features.length / width;
  const mean = new Float32Array(width);
  const meanSquare = new Float32Array(width);
  for (let feature = 0; feature < width; feature++) {
    // Every partial sum is rounded to float32: the files of shipped encoders, and so their digests,
    // depend on it.
    for (let sample = 0; sample < samples; sample++) {
      const value = features[sample * width + feature] ?? 0;
      mean[feature] = (mean[feature] ?? 0) + value / samples;
      meanSquare[feature] = (meanSquare[feature] ?? 0) + value ** 2 / samples;
    }
  }
  const inverseDeviation = meanSquare.map(
    (square, feature) => 1 / Math.sqrt(square - (mean[feature] ?? 0) ** 2 + VARIANCE_FLOOR),
  );
  return { mean, inverseDeviation };
}

/** Scales features [samples, F]. */
export function applyScaling(
  { mean, inverseDeviation }: FeatureScaling,
  features: Float32Array,
): Float32Array {
  const width = mean.length;
  return features.map((value, index) => {
    const feature = index % width;
    return (value - (mean[feature] ?? 0)) * (inverseDeviation[feature] ?? 1);
  });
}
