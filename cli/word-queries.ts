import type { Wording } from '../task/language/word-prompt.ts';
import { generateWordQuery, parseWordSpec, type WordQuery } from '../task/language/word-query.ts';
import { listQueryIndices } from '../task/query-indices.ts';
import type { AssociationOrder, Question } from '../task/spec.ts';

/** Which queries in English. */
export interface WordPlan {
  readonly objects: readonly number[];
  readonly queries: number;
  readonly seed: number;
  readonly order: AssociationOrder;
  readonly question: Question;
  /** How many colours, shapes and items are in use; by default as many as pictures can draw. */
  readonly vocabulary?: readonly number[];
}

/** The queries of a plan, each with a scene of its own, so that answers are independent. */
export function wordQueries(
  { objects, queries, seed, order, question, vocabulary }: WordPlan,
  wording: Wording,
): WordQuery[] {
  const [colours, shapes, items] = vocabulary ?? [];
  const sizes = colours && shapes && items ? { vocabulary: { colours, shapes, items } } : {};
  return objects.flatMap((count) => {
    const spec = parseWordSpec({ objects: count, order, question, ...sizes }, wording);
    return listQueryIndices(count, queries, 1).map((indices) =>
      generateWordQuery(spec, seed, indices, wording),
    );
  });
}
