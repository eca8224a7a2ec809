import type { GeneratedIntervention, InlineIntervention } from '../contract/interventions.ts';
import { commonVocabulary, type ModelCard } from '../contract/card.ts';
import { interchangePair, type InterchangePair } from '../probes/pairs.ts';
import { queryName, queryOf } from '../task/query.ts';
import { parseSpec, SpecError } from '../task/spec.ts';
import { resolveQuery, type ResolvedQuery } from './resolve-query.ts';
import { Problem } from './problem.ts';

/** Two queries, and what each mechanism would answer when one is patched into the other. */
export interface ResolvedPair {
  readonly pair: InterchangePair;
  /** Both have as many tokens, so that a token's index means the same in either. */
  readonly original: ResolvedQuery;
  readonly counterfactual: ResolvedQuery;
}

/** @throws SpecError where the model's vocabulary has not enough for so many objects */
export function generatedPair(card: ModelCard, drawn: GeneratedIntervention['pair']): ResolvedPair {
  const { objects, seed, index, modality, order } = drawn;
  const vocabulary = commonVocabulary([card]);
  const spec = parseSpec({ objects, modality, order, vocabulary });
  const pair = interchangePair(spec, seed, index);
  const posed = (
    scene: typeof pair.original,
    object: number,
    name: string | null,
  ): ResolvedQuery => ({
    name,
    query: queryOf(scene, object, spec),
    modality,
    grid: spec.grid,
    ask: { question: 'indirect', object },
  });
  const question = pair.original.asked.indexOf(pair.asked);
  return {
    pair,
    original: posed(pair.original, pair.asked, queryName({ spec, seed, index, question })),
    counterfactual: posed(pair.counterfactual, pair.positional, null),
  };
}

/** @throws Problem where one is no query, or the mechanisms do not part */
export function inlinePair(
  given: Pick<InlineIntervention, 'original' | 'counterfactual'>,
): ResolvedPair {
  const original = resolveQuery(given.original, 'body.original');
  const counterfactual = resolveQuery(given.counterfactual, 'body.counterfactual');
  try {
    requireAlike(original, counterfactual);
    return { original, counterfactual, pair: pairOf(original, counterfactual) };
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const errors = [{ at: 'body.counterfactual', detail: error.message }];
    throw new Problem('invalid-request', error.message, { errors });
  }
}

function requireAlike(original: ResolvedQuery, counterfactual: ResolvedQuery): void {
  if (original.ask.question !== 'indirect' || counterfactual.ask.question !== 'indirect') {
    throw new SpecError('both queries must ask the question indirect');
  }
  const sizeOf = ({ modality, grid, query }: ResolvedQuery) =>
    `${modality}, ${query.scene.objects.length} objects` +
    (modality === 'image' ? `, ${grid} x ${grid} cells` : '');
  if (sizeOf(original) !== sizeOf(counterfactual)) {
    throw new SpecError(
      'the two queries must be alike in modality, objects and grid, but the original is ' +
        `${sizeOf(original)} and the counterfactual ${sizeOf(counterfactual)}`,
    );
  }
}

/** What each mechanism finds in the original, by where and what the counterfactual's object is. */
function pairOf(original: ResolvedQuery, counterfactual: ResolvedQuery): InterchangePair {
  const { scene, object: asked } = original.query;
  const { scene: other, object } = counterfactual.query;
  const there = other.objects[object];
  const find = (what: string, test: (candidate: typeof there) => boolean) => {
    const found = scene.objects.findIndex(test);
    if (found < 0) throw new SpecError(`no object of the original has ${what}`);
    return found;
  };
  // In a picture a position is a cell; in text, a place in the context.
  const sameCell = ({ row, column }: typeof there) => row === there.row && column === there.column;
  const pair = {
    asked,
    positional:
      original.modality === 'text'
        ? object
        : find("the cell of the counterfactual's object", sameCell),
    symbolic: find("the shape of the counterfactual's object", (o) => o.shape === there.shape),
    reflexive: find("the item of the counterfactual's object", (o) => o.item === there.item),
  };
  requireDistinct(pair);
  return { original: scene, counterfactual: other, ...pair };
}

function requireDistinct(finds: Readonly<Record<string, number>>): void {
  const entries = Object.entries(finds);
  for (const [place, [role, object]] of entries.entries()) {
    const same = entries.slice(place + 1).find(([, other]) => other === object);
    if (!same) continue;
    const named = (name: string) => (name === 'asked' ? 'the question' : `the ${name} mechanism`);
    throw new SpecError(
      'the question and the mechanisms must each point at another object of the original, but ' +
        `${named(role)} and ${named(same[0])} both point at object ${object}`,
    );
  }
}
