import { ProblemError } from '../../client/index.ts';
import { API_LIMITS } from '../../contract/limits.ts';
import type { AskedModels, AskedResult } from './deployment.ts';

/** One model's answers to any number of queries, in several requests where needed. */
export async function predictAll(
  deployment: AskedModels,
  model: string,
  queries: readonly string[],
): Promise<AskedResult[]> {
  const batchSize = API_LIMITS.queriesPerPrediction;
  const results: AskedResult[] = [];
  for (let start = 0; start < queries.length; start += batchSize) {
    results.push(
      ...(await predictSome(deployment, model, queries.slice(start, start + batchSize))),
    );
  }
  return results;
}

/** Halves the request where it is too much work for the server. */
async function predictSome(
  deployment: AskedModels,
  model: string,
  queries: readonly string[],
): Promise<readonly AskedResult[]> {
  try {
    return (await deployment.predict(model, queries)).results;
  } catch (error) {
    const tooMuch = error instanceof ProblemError && error.kind === 'too-much-work';
    if (!tooMuch || queries.length === 1) throw error;
    const half = Math.ceil(queries.length / 2);
    return [
      ...(await predictSome(deployment, model, queries.slice(0, half))),
      ...(await predictSome(deployment, model, queries.slice(half))),
    ];
  }
}
