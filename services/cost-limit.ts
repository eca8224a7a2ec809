import type { ModelCard } from '../contract/card.ts';
import { Problem } from './problem.ts';

/**
 * Most work of one request, in multiply-adds: a few seconds of one core, measured in workerd (see
 * `npm run bench`). An isolate answers one request at a time, so this is also how long others wait.
 */
export const WORK_LIMIT = 20e9;

/** What reading a prompt costs a model, in multiply-adds: its weights, and attention. */
export function workOf({ parameters, recipe }: ModelCard, tokens: number): number {
  const { layers, width } = recipe.model;
  return tokens * (parameters + 2 * tokens * layers * width);
}

/** Most attention logits of one layer and head that a probe run may hold; it keeps those of all. */
const ATTENTION_PER_RUN = 2 ** 16;

/**
 * Rows of so many tokens that a probe runs side by side. A probe graph puts every activation out, so
 * memory bounds it: an isolate has 128 MB, and WebAssembly never gives back what it once took.
 */
export function rowsPerRun(tokens: number): number {
  return Math.max(1, Math.floor(ATTENTION_PER_RUN / tokens ** 2));
}

/**
 * @param hint what would be allowed
 * @throws Problem that names the limit
 */
export function requireAffordable(work: number, hint: string): void {
  if (work <= WORK_LIMIT) return;
  const giga = (amount: number) => (amount / 1e9).toFixed(1);
  throw new Problem(
    'too-much-work',
    `this needs about ${giga(work)} billion multiply-adds, and a request may have ` +
      `${giga(WORK_LIMIT)}: ${hint}`,
  );
}

/**
 * Refuses too many of what each costs the same.
 *
 * @param work of one of them, in multiply-adds
 * @param what they are called in the request
 * @throws Problem that names how many would be allowed
 */
export function requireAffordableCount(work: number, count: number, what: string): void {
  const most = Math.floor(WORK_LIMIT / work);
  const hint = `with this model and so many objects, ${what} may be up to ${most}`;
  requireAffordable(work * count, most > 0 ? hint : 'use fewer objects');
}

/** The scenes of one number of objects in a comparison. */
export interface ScenesAt {
  /** Tokens of a scene without its questions. */
  readonly prefix: number;
  readonly questionsPerScene: number;
}

/** @throws Problem that names how many queries would be allowed */
export function requireAffordableComparison(
  cards: readonly ModelCard[],
  scenes: readonly ScenesAt[],
  queries: number,
): void {
  const work = (count: number) =>
    scenes.reduce(
      (sum, at) => sum + cards.reduce((all, card) => all + workAt(card, at, count), 0),
      0,
    );
  let most = queries;
  while (most > 0 && work(most) > WORK_LIMIT) most--;
  requireAffordable(
    work(queries),
    most > 0
      ? `with these models and objects, queries may be up to ${most}`
      : 'compare fewer models, or fewer numbers of objects',
  );
}

function workAt(card: ModelCard, { prefix, questionsPerScene }: ScenesAt, queries: number): number {
  const scene = (questions: number) => (questions > 0 ? workOf(card, prefix + 2 * questions) : 0);
  const whole = Math.floor(queries / questionsPerScene);
  return whole * scene(questionsPerScene) + scene(queries % questionsPerScene);
}
