import type { InlineQuery } from '../contract/queries.ts';
import type { SceneQuestion } from '../task/prompt.ts';
import { generateQuery, parseQueryName, type Query } from '../task/query.ts';
import { SpecError, type Modality } from '../task/spec.ts';
import { queryFromInline } from './inline-query.ts';
import { invalidPart } from './service-error.ts';

/** A query of a request, given by name or inline. */
export interface ResolvedQuery {
  /** null for an inline query. */
  readonly name: string | null;
  readonly query: Query;
  readonly modality: Modality;
  readonly grid: number;
  readonly ask: SceneQuestion;
}

/**
 * @param at the location of the query in the request, such as `body.queries.0`
 * @throws ServiceError where the query is invalid
 */
export function resolveQuery(given: string | InlineQuery, at: string): ResolvedQuery {
  try {
    const [name, query, { modality, grid, question }] =
      typeof given === 'string' ? named(given) : [null, queryFromInline(given), given];
    return { name, query, modality, grid, ask: { question, object: query.object } };
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw invalidPart(at, error.message);
  }
}

function named(name: string) {
  const id = parseQueryName(name);
  return [name, generateQuery(id), id.spec] as const;
}
