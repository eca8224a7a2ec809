import type { ModelCard } from '../contract/card.ts';
import { modelFacts } from '../contract/model-facts.ts';
import { ServiceError } from './service-error.ts';

/**
 * Most multiply-adds of one request: a few seconds on one core, measured in workerd (`npm run bench`). An
 * isolate runs one request at a time, so this also bounds how long other requests wait.
 */
export const WORK_LIMIT = 20e9;

/** Multiply-adds of one forward pass over a prompt: those of the weights, and of attention. */
export function workOf(card: ModelCard, tokens: number): number {
  const { layers, width } = modelFacts(card);
  return tokens * (card.parameters + 2 * tokens * layers * width);
}

/** Most attention logits per layer and head in one probe run, which outputs those of all heads. */
const ATTENTION_PER_RUN = 2 ** 16;

/**
 * Rows of a probe run, for prompts of `tokens` tokens. A probe graph outputs every activation, so memory
 * is the limit: an isolate has 128 MB, and WebAssembly never returns memory.
 */
export function rowsPerRun(tokens: number): number {
  return Math.max(1, Math.floor(ATTENTION_PER_RUN / tokens ** 2));
}

/**
 * @param hint how to reduce the work
 * @throws ServiceError that states the limit
 */
export function requireAffordable(work: number, hint: string): void {
  if (work <= WORK_LIMIT) return;
  const billions = (amount: number) => (amount / 1e9).toFixed(1);
  throw new ServiceError(
    'too-much-work',
    `this request needs ${billions(work)} billion multiply-adds; the limit is ` +
      `${billions(WORK_LIMIT)}: ${hint}`,
  );
}

/**
 * Limits the number of things that cost the same.
 *
 * @param work multiply-adds of each
 * @param what the name of their number in the request
 * @throws ServiceError that states how many are allowed
 */
export function requireAffordableCount(work: number, count: number, what: string): void {
  const most = Math.floor(WORK_LIMIT / work);
  const hint = `with this model and number of objects, ${what} must be at most ${most}`;
  requireAffordable(work * count, most > 0 ? hint : 'use fewer objects');
}

/** The scenes of a comparison with one number of objects. */
export interface SceneCost {
  /** Tokens of a scene without its questions. */
  readonly prefix: number;
  readonly questionsPerScene: number;
}

/** @throws ServiceError that states how many queries are allowed, and how to ask for the others */
export function requireAffordableComparison(
  cards: readonly ModelCard[],
  scenes: readonly SceneCost[],
  { start, queries }: { readonly start: number; readonly queries: number },
): void {
  const work = (count: number) =>
    scenes.reduce(
      (sum, scene) => sum + cards.reduce((all, card) => all + queriesWork(card, scene, count), 0),
      0,
    );
  let most = queries;
  while (most > 0 && work(most) > WORK_LIMIT) most--;
  requireAffordable(
    work(queries),
    most > 0
      ? `with these models and numbers of objects, queries must be at most ${most}. ` +
          `Ask for queries=${most} now and for the others with start=${start + most}, or for all of them ` +
          'by POST /v1/evaluations'
      : 'name fewer models or fewer numbers of objects',
  );
}

/** Multiply-adds of one model for queries with one number of objects. */
export function queriesWork(
  card: ModelCard,
  { prefix, questionsPerScene }: SceneCost,
  queries: number,
): number {
  const sceneWork = (questions: number) =>
    questions > 0 ? workOf(card, prefix + 1 + questions) : 0;
  if (!modelFacts(card).packsQuestions) return queries * sceneWork(1);
  const complete = Math.floor(queries / questionsPerScene);
  return complete * sceneWork(questionsPerScene) + sceneWork(queries % questionsPerScene);
}
