import { CholeskyDecomposition, Matrix } from 'ml-matrix';

/** Vectors [n][D]. */
export type Vectors = readonly Float32Array[];

/** Gives a vector a score for each class; the highest names the class. */
export type Classifier = (vector: Float32Array) => number;

/**
 * What ridge regression on samples X [n, D] solves for any number of targets: X'X + r I, decomposed.
 *
 * @param ridge penalty, in units of the mean square of a coordinate
 */
export function ridgeFactor(samples: Matrix, ridge: number): CholeskyDecomposition {
  const width = samples.columns;
  const gram = samples.transpose().mmul(samples);
  const penalty = (ridge * gram.trace()) / width;
  // Coordinates that never vary must not make it singular.
  const floor = penalty > 0 ? penalty : 1;
  return new CholeskyDecomposition(gram.add(Matrix.eye(width).mul(floor)));
}

/**
 * Ridge regression from vectors to one-hot labels, in closed form: W = (X'X + r I)^-1 X'Y, where X and
 * Y are centred. One decomposition of X'X serves any number of labellings of the same vectors.
 */
export class Ridge {
  readonly #mean: Float64Array;
  readonly #factor: CholeskyDecomposition;

  /** @param ridge penalty, in units of the mean variance of a coordinate */
  constructor(
    private readonly vectors: Vectors,
    ridge: number,
  ) {
    const width = vectors[0].length;
    this.#mean = new Float64Array(width);
    for (const vector of vectors) {
      vector.forEach((value, i) => (this.#mean[i] += value / vectors.length));
    }
    const centred = new Matrix(vectors.map((vector) => this.#centre(vector)));
    this.#factor = ridgeFactor(centred, ridge);
  }

  /** @param labels one a vector, 0 to `classes` - 1 */
  fit(labels: readonly number[], classes: number): Classifier {
    const count = this.vectors.length;
    const shares = new Float64Array(classes);
    // X'Y: X is centred, so centring Y as well would change nothing.
    const products = Matrix.zeros(this.#mean.length, classes);
    this.vectors.forEach((vector, sample) => {
      const label = labels[sample];
      shares[label] += 1 / count;
      this.#centre(vector).forEach((value, i) => {
        products.set(i, label, products.get(i, label) + value);
      });
    });
    const weights = this.#factor.solve(products).transpose().to2DArray();
    return (vector) => {
      const centred = this.#centre(vector);
      const scores = weights.map((column, label) =>
        column.reduce((sum, weight, i) => sum + weight * centred[i], shares[label]),
      );
      return scores.indexOf(Math.max(...scores));
    };
  }

  #centre(vector: Float32Array): number[] {
    return Array.from(vector, (value, i) => value - this.#mean[i]);
  }
}
