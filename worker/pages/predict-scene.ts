import type { Context } from 'hono';
import { z } from 'zod';
import { shownAnswerSchema, type ShownAnswer } from '../../contract/pages.ts';
import { TOP_ANSWERS, type SceneRequest } from '../../site/explorer/plan.ts';
import { CODE_VERSION } from '../code-version.ts';
import { getOrCompute } from '../http/edge-cache.ts';
import { logError } from '../http/error-handler.ts';
import type { Models } from '../../services/models.ts';
import { planPrediction, runPrediction } from '../../services/prediction.ts';
import { ServiceError } from '../../services/service-error.ts';
import type { AppEnv } from '../services.ts';
import { etagOf } from '../http/http-cache.ts';

/** A round that can be played: its models are known and can read its query. */
export interface PlannedScenePrediction {
  readonly requests: readonly SceneRequest[];
  /** An entity tag of all that decides the answers. */
  readonly tag: string;
}

export interface ScenePrediction {
  readonly answers: readonly ShownAnswer[];
  /** Whether every model could be asked. */
  readonly complete: boolean;
  /** For the header `Cache-Status`. */
  readonly status: string;
}

/** @throws ServiceError where a model is unknown, or cannot read the query */
export async function planScenePrediction(
  models: Models,
  requests: readonly SceneRequest[],
): Promise<PlannedScenePrediction> {
  const plans = await Promise.all(
    requests.map(({ models: ids, query }) =>
      planPrediction(models, { models: [...ids], queries: [query], top: TOP_ANSWERS }),
    ),
  );
  const files = plans.map((plan) =>
    plan.models.map(({ card: { files } }) => [files.model.sha256, files.encoder?.sha256]),
  );
  return { requests, tag: await etagOf({ code: CODE_VERSION, requests, files }) };
}

const answersSchema = z.array(shownAnswerSchema);

const answersIn = (body: string): readonly ShownAnswer[] => answersSchema.parse(JSON.parse(body));

/** Of a model that cannot be loaded there is nothing to keep: the next time it may. */
const isComplete = (answers: readonly ShownAnswer[]): boolean =>
  answers.every(({ answer }) => answer !== null);

/**
 * Puts one scene before models, as text and, where a model sees, as a picture; or recalls what they
 * answered.
 *
 * @param context of the request whose page shows them; the log names a failure by its id
 */
export async function predictScene(
  models: Models,
  { requests, tag }: PlannedScenePrediction,
  { req, var: { requestId } }: Context<AppEnv>,
  waitUntil: (promise: Promise<unknown>) => void,
): Promise<ScenePrediction> {
  const make = async () => JSON.stringify(await ask(models, requests, requestId));
  const { body, status } = await getOrCompute(req.url, tag, waitUntil, make, (one) =>
    isComplete(answersIn(one)),
  );
  const answers = answersIn(body);
  return { answers, complete: isComplete(answers), status };
}

async function ask(
  models: Models,
  requests: readonly SceneRequest[],
  id: string,
): Promise<ShownAnswer[]> {
  const answers: ShownAnswer[] = [];
  for (const { modality, models: ids, query } of requests) {
    for (const model of ids) {
      answers.push({ modality, model, answer: await answerOf(models, model, query, id) });
    }
  }
  return answers;
}

/** @returns nothing where the model cannot be asked just now: the page has more to show */
async function answerOf(models: Models, model: string, query: SceneRequest['query'], id: string) {
  try {
    const asked = { models: [model], queries: [query], top: TOP_ANSWERS };
    const { results } = await runPrediction(models, asked);
    return results[0].answers[0];
  } catch (error) {
    if (!(error instanceof ServiceError) || error.kind !== 'model-unavailable') throw error;
    logError(error, id);
    return null;
  }
}
