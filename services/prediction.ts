import type { Answer, PredictRequest, PredictResponse } from '../contract/predictions.ts';
import { answerScenes, type AnswerLogits, type PackedScene } from '../inference/answer-queries.ts';
import { argMax, softmax } from '../inference/logits.ts';
import { tokenProbability } from '../inference/token-probability.ts';
import { packPrompt, type SceneQuestion } from '../task/prompt.ts';
import { parseQueryName, queryName, type QueryId } from '../task/query.ts';
import { resolveQuery, type ResolvedQuery } from './resolve-query.ts';
import { requireAffordable, workOf } from './cost-limit.ts';
import type { ModelAccess } from './models.ts';
import { queryWords } from './query-resource.ts';
import { requireCompatible, vocabularyOf } from './model-compatibility.ts';
import { selectModels, type SelectedModel } from './selected-models.ts';
import { zip } from './zip.ts';

/** A valid prediction: the models exist and can read the queries. */
export interface PredictionPlan {
  readonly request: PredictRequest;
  readonly models: readonly SelectedModel[];
  readonly queries: readonly ResolvedQuery[];
  readonly groups: readonly SceneGroup[];
}

/**
 * @throws ServiceError where a query is invalid, a model is unknown or cannot read it, or the work is
 *   too much
 */
export async function planPrediction(
  models: ModelAccess,
  request: PredictRequest,
): Promise<PredictionPlan> {
  const selected = await selectModels(models, request.models);
  const queries = request.queries.map((query, index) =>
    resolveQuery(query, `body.queries.${index}`),
  );
  const groups = groupByScene(queries);
  requireRunnable(selected, groups);
  return { request, models: selected, queries, groups };
}

/** @throws ServiceError where the request is invalid, or a model cannot be loaded */
export async function runPrediction(
  models: ModelAccess,
  request: PredictRequest,
): Promise<PredictResponse> {
  const { models: selected, queries, groups } = await planPrediction(models, request);
  const results = queries.map(({ name, query }) => ({
    query: { name, ...queryWords(query) },
    answers: new Array<Answer>(),
  }));
  for (const { reference, card } of selected) {
    const runner = await models.runner(card);
    for (const { packed, indices } of groups) {
      for (const [index, answer] of zip(indices, await answerScenes(runner, [packed]))) {
        results[index]?.answers.push(answerOf(reference, answer, request.top));
      }
    }
  }
  return { results };
}

/** The queries about one scene, packed so that the model reads the scene once. */
interface SceneGroup {
  readonly packed: PackedScene;
  /** By question of the packed scene: the index of the query in the request. */
  readonly indices: readonly number[];
}

function groupByScene(queries: readonly ResolvedQuery[]): SceneGroup[] {
  const scenes = new Map<
    string,
    { first: ResolvedQuery; questions: SceneQuestion[]; indices: number[] }
  >();
  for (const [index, query] of queries.entries()) {
    const key = query.name === null ? `inline ${index}` : sceneName(parseQueryName(query.name));
    const scene = scenes.get(key) ?? { first: query, questions: [], indices: [] };
    scene.questions.push(query.ask);
    scene.indices.push(index);
    scenes.set(key, scene);
  }
  return Array.from(scenes.values(), ({ first, questions, indices }) => {
    const { query, modality, grid } = first;
    const prompt = packPrompt(query.scene, modality, grid, questions, { sharedMarker: true });
    return { indices, packed: { scene: query.scene, modality, grid, prompt } };
  });
}

/** The same for all questions about one scene. */
const sceneName = ({ spec, ...rest }: QueryId): string =>
  queryName({ ...rest, spec: { ...spec, question: 'indirect' }, question: 0 });

/** Checks before anything runs that every model can read the queries, and that the work is allowed. */
function requireRunnable(models: readonly SelectedModel[], groups: readonly SceneGroup[]): void {
  let work = 0;
  for (const { packed } of groups) {
    for (const { card } of models) {
      requireCompatible(card, packed, vocabularyOf(packed));
      work += workOf(card, packed.prompt.tokens.length);
    }
  }
  requireAffordable(work, 'send fewer queries or name fewer models in one request');
}

function answerOf(model: string, { logits, target }: AnswerLogits, top: number): Answer {
  const best = argMax(logits);
  const probabilities = softmax(logits);
  // Of tokens with equal logits, the one with the lower id comes first.
  const ranked = Array.from(logits, (logit, token) => ({ logit, token })).sort(
    (a, b) => b.logit - a.logit || a.token - b.token,
  );
  return {
    model,
    answer: tokenProbability(probabilities, best),
    correct: best === target,
    top: ranked.slice(0, top).map(({ token }) => tokenProbability(probabilities, token)),
  };
}
