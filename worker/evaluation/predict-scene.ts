import type { Context } from 'hono';
import { z } from 'zod';
import { shownAnswerSchema, type ShownAnswer } from '../../contract/pages.ts';
import type { Answer } from '../../contract/predictions.ts';
import type { Models } from '../../services/models.ts';
import { planPrediction, runPrediction } from '../../services/prediction.ts';
import { ServiceError } from '../../services/service-error.ts';
import { TOP_ANSWERS, type SceneRequest } from '../../site/explorer/plan.ts';
import { CODE_VERSION } from '../code-version.ts';
import type { AppEnv } from '../http/app-env.ts';
import { getOrCompute } from '../http/edge-cache.ts';
import { logError } from '../http/error-handler.ts';
import { etagOf } from '../http/http-cache.ts';

/** A valid prediction of a scene: the models exist and can read its queries. */
export interface ScenePredictionPlan {
  readonly requests: readonly SceneRequest[];
  /** An entity tag of everything that the answers depend on. */
  readonly tag: string;
}

export interface ScenePrediction {
  readonly answers: readonly ShownAnswer[];
  /** Whether every model could be loaded. */
  readonly complete: boolean;
  /** For the header `Cache-Status`. */
  readonly status: string;
}

/** @throws ServiceError where a model is unknown, or cannot read the query */
export async function planScenePrediction(
  models: Models,
  requests: readonly SceneRequest[],
): Promise<ScenePredictionPlan> {
  const plans = await Promise.all(
    requests.map(({ models: ids, query }) =>
      planPrediction(models, { models: [...ids], queries: [query], top: TOP_ANSWERS }),
    ),
  );
  const files = plans.map((plan) =>
    plan.models.map(({ card }) => [card.files.model.sha256, card.files.encoder?.sha256]),
  );
  return { requests, tag: await etagOf({ code: CODE_VERSION, requests, files }) };
}

const answersSchema = z.array(shownAnswerSchema);

const parseAnswers = (body: string): readonly ShownAnswer[] =>
  answersSchema.parse(JSON.parse(body));

/** The answers of a model that cannot be loaded are not cached: the next time it may work. */
const isComplete = (answers: readonly ShownAnswer[]): boolean =>
  answers.every(({ answer }) => answer !== null);

/**
 * The answers of models to the queries of one scene, as text and, for models that read pictures, as a
 * picture; from the cache where they are known.
 *
 * @param context of the request for the page that shows the answers
 */
export async function predictScene(
  models: Models,
  { requests, tag }: ScenePredictionPlan,
  { req, var: { requestId } }: Context<AppEnv>,
  waitUntil: (promise: Promise<unknown>) => void,
): Promise<ScenePrediction> {
  const { body, status } = await getOrCompute({
    url: req.url,
    tag,
    waitUntil,
    compute: async () => JSON.stringify(await runRequests(models, requests, requestId)),
    shouldStore: (computed) => isComplete(parseAnswers(computed)),
  });
  const answers = parseAnswers(body);
  return { answers, complete: isComplete(answers), status };
}

async function runRequests(
  models: Models,
  requests: readonly SceneRequest[],
  requestId: string,
): Promise<ShownAnswer[]> {
  const answers: ShownAnswer[] = [];
  for (const { modality, models: ids, query } of requests) {
    for (const model of ids) {
      answers.push({ modality, model, answer: await answerOf(models, model, query, requestId) });
    }
  }
  return answers;
}

/** @returns null where the model cannot be loaded now: the page still has other parts to show */
async function answerOf(
  models: Models,
  model: string,
  query: SceneRequest['query'],
  requestId: string,
): Promise<Answer | null> {
  try {
    const { results } = await runPrediction(models, {
      models: [model],
      queries: [query],
      top: TOP_ANSWERS,
    });
    return results[0]?.answers[0] ?? null;
  } catch (error) {
    if (!(error instanceof ServiceError) || error.kind !== 'model-unavailable') throw error;
    logError(error, requestId);
    return null;
  }
}
