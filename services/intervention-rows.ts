import { NAMED_CANDIDATES, type InterventionDocument } from '../contract/intervention-documents.ts';
import { modelFacts } from '../contract/model-facts.ts';
import type { ModelCard } from '../contract/card.ts';
import type { InterventionRow } from '../probes/intervention-run.ts';
import type { PairRoles } from '../probes/pairs.ts';
import { siteTokens, type PromptWithRoles } from '../probes/site-tokens.ts';
import { COLOURS } from '../task/colours.ts';
import { elementAt } from '../task/element-at.ts';
import { ITEMS } from '../task/items.ts';
import { generateQuery, queryName, type QueryId } from '../task/query.ts';
import { SHAPES } from '../task/shapes.ts';
import { parseSpec, SpecError } from '../task/spec.ts';
import { colourToken, itemToken, shapeToken } from '../task/tokens.ts';
import { generatedPair, mechanismObjects, requireSameKind } from './intervention-pair.ts';
import { resolveQuery, type ResolvedQuery } from './resolve-query.ts';
import { invalidPart } from './service-error.ts';

/** The prompts of a document's runs: one pair, or those of a sweep. */
export interface DocumentRow {
  readonly original: ResolvedQuery;
  readonly counterfactual: ResolvedQuery | undefined;
  readonly objects: { readonly asked: number } & Partial<PairRoles>;
}

/** @throws ServiceError where a query is invalid, or the queries are of different kinds */
export function documentRows(card: ModelCard, document: InterventionDocument): DocumentRow[] {
  const { sweep } = document;
  if (sweep) {
    return at('body.sweep', () =>
      Array.from({ length: sweep.pairs }, (_, index) => {
        const { original, counterfactual, pair } = generatedPair(card, { ...sweep, index });
        const { asked, positional, symbolic, reflexive } = pair;
        return { original, counterfactual, objects: { asked, positional, symbolic, reflexive } };
      }),
    );
  }
  if (document.original === undefined) throw new RangeError('a valid document has an original');
  const original = resolveQuery(document.original, 'body.original');
  if (document.counterfactual === undefined) {
    return [{ original, counterfactual: undefined, objects: { asked: original.query.object } }];
  }
  const counterfactual = resolveQuery(document.counterfactual, 'body.counterfactual');
  at('body.counterfactual', () => {
    requireSameKind(original, counterfactual);
  });
  return [{ original, counterfactual, objects: mechanismObjects(original, counterfactual) }];
}

/** @throws ServiceError where a query is invalid, or of another kind than the original */
export function documentSet(
  card: ModelCard,
  { set }: InterventionDocument,
  original: ResolvedQuery,
): ResolvedQuery[] {
  if (set === undefined) return [];
  const listed = Array.isArray(set);
  const queries = listed
    ? set.map((query, index) => resolveQuery(query, `body.set.${index}`))
    : at('body.set', () => generatedSet(card, set));
  queries.forEach((query, index) => {
    at(listed ? `body.set.${index}` : 'body.set', () => {
      requireSameKind(original, query, 'set');
    });
  });
  return queries;
}

type GeneratedSet = Exclude<NonNullable<InterventionDocument['set']>, readonly unknown[]>;

function generatedSet(card: ModelCard, { queries, seed, ...kind }: GeneratedSet) {
  const spec = parseSpec({ ...kind, vocabulary: modelFacts(card).vocabulary });
  return Array.from({ length: queries }, (_, index): ResolvedQuery => {
    const id: QueryId = { spec, seed, index, question: 0 };
    const query = generateQuery(id);
    const ask = { question: spec.question, object: query.object };
    return { name: queryName(id), query, modality: spec.modality, grid: spec.grid, ask };
  });
}

/** A SpecError of a part of the request names the part. */
function at<T>(path: string, resolve: () => T): T {
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw invalidPart(path, error.message);
  }
}

/** A query as a row of a batch. */
export const rowOf = ({ query, ask }: ResolvedQuery) => ({ scene: query.scene, questions: [ask] });

export function promptOf({ original, objects }: DocumentRow): PromptWithRoles {
  const { query, modality, grid } = original;
  return { scene: query.scene, prompt: query.prompt, modality, grid, objects };
}

export function interventionRow(row: DocumentRow): InterventionRow {
  const prompt = promptOf(row);
  return {
    original: rowOf(row.original),
    counterfactual: row.counterfactual && rowOf(row.counterfactual),
    tokensOf: (site) => siteTokens(site.tokens, prompt),
  };
}

/** Token ids by name; no name is in two sets. */
const TOKENS: ReadonlyMap<string, number> = new Map([
  ...COLOURS.map(({ name, index }) => [name, colourToken(index)] as const),
  ...SHAPES.map(({ name, index }) => [name, shapeToken(index)] as const),
  ...ITEMS.map((name, index) => [name, itemToken(index)] as const),
]);

/**
 * The token of a candidate.
 *
 * @throws SpecError where it is not the name of a token, or the pair has no such candidate
 */
export function candidateToken(candidate: string, row: DocumentRow): number {
  const named = NAMED_CANDIDATES.find((name) => name === candidate);
  const { original, counterfactual, objects } = row;
  if (named === undefined) {
    const token = TOKENS.get(candidate);
    if (token !== undefined) return token;
    throw new SpecError(
      `"${candidate}" is neither the name of a token nor one of ${NAMED_CANDIDATES.join(', ')}`,
    );
  }
  if (named === 'unchanged') return original.query.answer;
  if (named === 'reflexive' && counterfactual) return counterfactual.query.answer;
  const object = named === 'reflexive' ? undefined : objects[named];
  if (object === undefined || original.ask.question !== 'indirect') {
    throw new SpecError(`these queries have no ${named} answer`);
  }
  return itemToken(elementAt(original.query.scene.objects, object).item);
}
