import type { Answer, PredictRequest, PredictResponse } from '../contract/api.ts';
import type { ModelCard } from '../contract/card.ts';
import { answerScenes, type AnswerLogits, type PackedScene } from '../inference/answer-queries.ts';
import { argMax, softmax } from '../inference/logits.ts';
import { packPrompt } from '../task/prompt.ts';
import { parseQueryName, queryName, type QueryId } from '../task/query.ts';
import { resolveQuery, type ResolvedQuery } from './resolve-query.ts';
import { requireAffordable, workOf } from './cost-limit.ts';
import type { ModelAccess } from './models.ts';
import { tokenProbability } from './token-probability.ts';
import { queryWords } from './query-resource.ts';
import { requireCompatible, vocabularyOf } from './model-compatibility.ts';

/** A prediction that can be run: its models are known and can read its queries. */
export interface PlannedPrediction {
  readonly request: PredictRequest;
  readonly cards: readonly ModelCard[];
  readonly queries: readonly Asked[];
  readonly groups: readonly Group[];
}

/**
 * @throws Problem where a query is not one, a model is unknown or cannot read it, or all would be too
 *   much work
 */
export async function planPrediction(
  models: ModelAccess,
  request: PredictRequest,
): Promise<PlannedPrediction> {
  const cards = await Promise.all(request.models.map((reference) => models.card(reference)));
  const queries = request.queries.map(asked);
  const groups = packTogether(queries);
  requireReadable(cards, groups);
  return { request, cards, queries, groups };
}

/** @throws Problem where it cannot be planned, or a model cannot be loaded */
export async function runPrediction(
  models: ModelAccess,
  request: PredictRequest,
): Promise<PredictResponse> {
  const { cards, queries, groups } = await planPrediction(models, request);
  const answers: Answer[][] = queries.map(() => []);
  for (const [place, card] of cards.entries()) {
    const model = request.models[place];
    const runner = await models.runner(card);
    for (const { packed, places } of groups) {
      const logits = await answerScenes(runner, [packed]);
      logits.forEach((one, question) =>
        answers[places[question]].push(answerOf(model, one, request.top)),
      );
    }
  }
  return {
    results: queries.map(({ name, query }, place) => ({
      query: { name, ...queryWords(query) },
      answers: answers[place],
    })),
  };
}

interface Asked extends ResolvedQuery {
  /** Queries with the same key are about the same scene, shown the same way. */
  readonly sceneKey: string;
}

function asked(given: PredictRequest['queries'][number], place: number): Asked {
  const query = resolveQuery(given, `body.queries.${place}`);
  const sceneKey = query.name === null ? `given ${place}` : sceneName(parseQueryName(query.name));
  return { ...query, sceneKey };
}

/** The name that all the questions about a scene share. */
const sceneName = ({ spec, ...rest }: QueryId): string =>
  queryName({ ...rest, spec: { ...spec, question: 'indirect' }, question: 0 });

interface Group {
  readonly packed: PackedScene;
  /** Which of the request's queries each question is. */
  readonly places: readonly number[];
}

/** Queries about one scene share the work of reading it. */
function packTogether(queries: readonly Asked[]): Group[] {
  const byScene = new Map<string, number[]>();
  queries.forEach(({ sceneKey }, place) => {
    byScene.set(sceneKey, [...(byScene.get(sceneKey) ?? []), place]);
  });
  return [...byScene.values()].map((places) => {
    const { query, modality, grid } = queries[places[0]];
    const asks = places.map((place) => queries[place].ask);
    const prompt = packPrompt(query.scene, modality, grid, asks);
    return { places, packed: { scene: query.scene, modality, grid, prompt } };
  });
}

function requireReadable(cards: readonly ModelCard[], groups: readonly Group[]): void {
  let work = 0;
  for (const { packed } of groups) {
    for (const card of cards) {
      requireCompatible(card, packed, vocabularyOf(packed));
      work += workOf(card, packed.prompt.tokens.length);
    }
  }
  requireAffordable(work, 'ask fewer queries, or fewer models, at once');
}

function answerOf(model: string, { logits, target }: AnswerLogits, top: number): Answer {
  const best = argMax(logits);
  const probabilities = softmax(logits);
  const byProbability = Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a] || a - b);
  return {
    model,
    answer: tokenProbability(probabilities, best),
    correct: best === target,
    top: byProbability.slice(0, top).map((token) => tokenProbability(probabilities, token)),
  };
}
