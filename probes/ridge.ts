import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { elementAt } from '../task/element-at.ts';

/** Vectors [n][D]. */
export type Vectors = readonly Float32Array[];

/** Predicts the class of a vector. */
export type Classifier = (vector: Float32Array) => number;

/**
 * The Cholesky decomposition of X'X + r I for samples X [n, D], as ridge regression needs it.
 *
 * @param ridge penalty r, in units of the mean square of a coordinate
 */
export function ridgeFactor(samples: Matrix, ridge: number): CholeskyDecomposition {
  const width = samples.columns;
  const gram = samples.transpose().mmul(samples);
  const penalty = (ridge * gram.trace()) / width;
  // Constant coordinates must not make the matrix singular.
  const floor = penalty > 0 ? penalty : 1;
  return new CholeskyDecomposition(gram.add(Matrix.eye(width).mul(floor)));
}

/**
 * Ridge regression from vectors to one-hot labels, in closed form: W = (X'X + r I)^-1 X'Y with X and Y
 * centred (Hoerl and Kennard 1970). One decomposition of X'X is used for several label sets of the same
 * vectors.
 */
export class Ridge {
  readonly #mean: Float64Array;
  readonly #factor: CholeskyDecomposition;

  /**
   * @param vectors one or more
   * @param ridge penalty, in units of the mean variance of a coordinate
   */
  constructor(
    private readonly vectors: Vectors,
    ridge: number,
  ) {
    const sum = new Float64Array(elementAt(vectors, 0).length);
    for (const vector of vectors) addTo(sum, vector);
    this.#mean = sum.map((value) => value / vectors.length);
    const centred = new Matrix(vectors.map((vector) => this.#centre(vector)));
    this.#factor = ridgeFactor(centred, ridge);
  }

  /** @param labels one per vector, 0 to `classes` - 1 */
  fit(labels: readonly number[], classes: number): Classifier {
    const count = this.vectors.length;
    const shares = new Float64Array(classes);
    // X'Y: X is centred, so centring Y as well would change nothing.
    const products = Matrix.zeros(this.#mean.length, classes);
    for (const [sample, vector] of this.vectors.entries()) {
      const label = elementAt(labels, sample);
      shares[label] = elementAt(shares, label) + 1 / count;
      this.#centre(vector).forEach((value, i) => {
        products.set(i, label, products.get(i, label) + value);
      });
    }
    const weights = this.#factor.solve(products).transpose().to2DArray();
    return (vector) => {
      const centred = this.#centre(vector);
      const scores = weights.map((column, label) =>
        column.reduce(
          (sum, weight, i) => sum + weight * elementAt(centred, i),
          elementAt(shares, label),
        ),
      );
      return scores.indexOf(Math.max(...scores));
    };
  }

  #centre(vector: Float32Array): number[] {
    return Array.from(vector, (value, i) => value - elementAt(this.#mean, i));
  }
}

function addTo(sum: Float64Array, vector: Float32Array): void {
  vector.forEach((value, i) => {
    sum[i] = elementAt(sum, i) + value;
  });
}
