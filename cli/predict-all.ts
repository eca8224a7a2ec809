import { ProblemError } from '../client/index.ts';
import { API_LIMITS } from '../contract/limits.ts';
import type { PredictResponse } from '../contract/predictions.ts';
import type { Deployment } from './deployment.ts';

type Result = PredictResponse['results'][number];

/** One model's answers to any number of queries, in as many requests as that takes. */
export async function predictAll(
  deployment: Deployment,
  model: string,
  queries: readonly string[],
): Promise<Result[]> {
  const most = API_LIMITS.queriesPerPrediction;
  const results: Result[] = [];
  for (let start = 0; start < queries.length; start += most) {
    results.push(...(await askSome(deployment, model, queries.slice(start, start + most))));
  }
  return results;
}

/** Large models and scenes are asked less at a time. */
async function askSome(
  deployment: Deployment,
  model: string,
  queries: readonly string[],
): Promise<Result[]> {
  try {
    return (await deployment.predict(model, queries)).results;
  } catch (error) {
    const tooMuch = error instanceof ProblemError && error.kind === 'too-much-work';
    if (!tooMuch || queries.length === 1) throw error;
    const half = Math.ceil(queries.length / 2);
    return [
      ...(await askSome(deployment, model, queries.slice(0, half))),
      ...(await askSome(deployment, model, queries.slice(half))),
    ];
  }
}
