import type { Baseline } from '../contract/baseline.ts';
import type { Finding, RegressionTest } from '../contract/regression.ts';

/** The results of a deployment on the queries of a baseline. */
export interface Recording {
  readonly figures: Baseline;
  /** Models that could not answer some or all of the queries. */
  readonly failures: readonly Finding[];
  /** A model's answer to a query, by the query's name. */
  readonly answerTo: (model: string, query: string) => string;
  /** How long the queries of a test took; 0 for tests that pool others. */
  readonly secondsOf: (
    test: Pick<RegressionTest, 'model' | 'modality' | 'order' | 'metric' | 'objects'>,
  ) => number;
}

/** A baseline that cannot be used, for example because its queries are different ones. */
export class BaselineError extends Error {
  override readonly name = 'BaselineError';
}
