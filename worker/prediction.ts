import type { Answer, PredictRequest, PredictResponse } from '../contract/api.ts';
import type { ModelCard } from '../contract/card.ts';
import {
  answerScenes,
  argMax,
  type AnswerLogits,
  type PackedScene,
} from '../inference/evaluate.ts';
import { packPrompt, type Ask } from '../task/prompt.ts';
import {
  generateQuery,
  parseQueryName,
  queryName,
  type Query,
  type QueryId,
} from '../task/query.ts';
import { SpecError, type Modality } from '../task/spec.ts';
import { requireAffordable, workOf } from './budget.ts';
import { queryFromGiven } from './given-query.ts';
import type { Models } from './models.ts';
import { Problem } from './problem.ts';
import { queryWords, tokenResource } from './query-resource.ts';
import { requireSuitable, vocabularyOf } from './suitability.ts';

/**
 * @throws Problem where a query is not one, a model is unknown or cannot read it, or all would be too
 *   much work
 */
export async function runPrediction(
  models: Models,
  request: PredictRequest,
): Promise<PredictResponse> {
  const cards = await Promise.all(request.models.map((id) => models.card(id)));
  const asked = request.queries.map(askedQuery);
  const groups = packTogether(asked);
  requireReadable(cards, groups);

  const answers: Answer[][] = asked.map(() => []);
  for (const card of cards) {
    const runner = await models.runner(card);
    for (const { packed, places } of groups) {
      const logits = await answerScenes(runner, [packed]);
      logits.forEach((one, question) =>
        answers[places[question]].push(answerOf(card, one, request.top)),
      );
    }
  }
  return {
    results: asked.map(({ name, query }, place) => ({
      query: { name, ...queryWords(query) },
      answers: answers[place],
    })),
  };
}

interface AskedQuery {
  /** null for a query given in full. */
  readonly name: string | null;
  readonly query: Query;
  readonly modality: Modality;
  readonly grid: number;
  readonly ask: Ask;
  /** Queries with the same key are about the same scene, shown the same way. */
  readonly sceneKey: string;
}

function askedQuery(given: PredictRequest['queries'][number], place: number): AskedQuery {
  try {
    if (typeof given !== 'string') {
      const { modality, grid, question } = given;
      const query = queryFromGiven(given);
      const ask = { question, object: query.object };
      return { name: null, query, modality, grid, ask, sceneKey: `given ${place}` };
    }
    const id = parseQueryName(given);
    const { modality, grid, question } = id.spec;
    const query = generateQuery(id);
    const ask = { question, object: query.object };
    return { name: given, query, modality, grid, ask, sceneKey: sceneName(id) };
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const at = `body.queries.${place}`;
    throw new Problem('invalid-request', error.message, {
      errors: [{ at, detail: error.message }],
    });
  }
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
function packTogether(asked: readonly AskedQuery[]): Group[] {
  const byScene = new Map<string, number[]>();
  asked.forEach(({ sceneKey }, place) => {
    byScene.set(sceneKey, [...(byScene.get(sceneKey) ?? []), place]);
  });
  return [...byScene.values()].map((places) => {
    const { query, modality, grid } = asked[places[0]];
    const asks = places.map((place) => asked[place].ask);
    const prompt = packPrompt(query.scene, modality, grid, asks);
    return { places, packed: { scene: query.scene, modality, grid, prompt } };
  });
}

function requireReadable(cards: readonly ModelCard[], groups: readonly Group[]): void {
  let work = 0;
  for (const { packed } of groups) {
    for (const card of cards) {
      requireSuitable(card, packed, vocabularyOf(packed));
      work += workOf(card, packed.prompt.tokens.length);
    }
  }
  requireAffordable(work, 'ask fewer queries, or fewer models, at once');
}

function answerOf({ id }: ModelCard, { logits, target }: AnswerLogits, top: number): Answer {
  const best = argMax(logits);
  const probabilities = softmax(logits);
  const guess = (token: number) => ({
    ...tokenResource(token),
    // Six digits are what single precision holds.
    probability: Number(probabilities[token].toPrecision(6)),
  });
  const byProbability = Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a] || a - b);
  return {
    model: id,
    answer: guess(best),
    right: best === target,
    top: byProbability.slice(0, top).map(guess),
  };
}

function softmax(logits: Float32Array): Float64Array {
  const most = logits[argMax(logits)];
  const weights = Float64Array.from(logits, (logit) => Math.exp(logit - most));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
