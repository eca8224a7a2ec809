import type { GeneratedIntervention, InlineIntervention } from '../contract/interventions.ts';
import type { ModelCard } from '../contract/card.ts';
import { modelFacts } from '../contract/model-facts.ts';
import { interchangePair, type InterchangePair } from '../probes/pairs.ts';
import { elementAt } from '../task/element-at.ts';
import { queryName, queryOf } from '../task/query.ts';
import type { Scene, SceneObject } from '../task/scene.ts';
import { parseSpec, SpecError } from '../task/spec.ts';
import { resolveQuery, type ResolvedQuery } from './resolve-query.ts';
import { invalidPart } from './service-error.ts';

/** Two queries, and what each mechanism answers when one is patched into the other. */
export interface ResolvedPair {
  readonly pair: InterchangePair;
  /** Both prompts have the same number of tokens, so a token index means the same in either. */
  readonly original: ResolvedQuery;
  readonly counterfactual: ResolvedQuery;
}

/** @throws SpecError where the model's vocabulary is too small for the number of objects */
export function generatedPair(
  card: ModelCard,
  request: GeneratedIntervention['pair'],
): ResolvedPair {
  const { objects, seed, index, modality, order } = request;
  const vocabulary = modelFacts(card).vocabulary;
  const spec = parseSpec({ objects, modality, order, vocabulary });
  const pair = interchangePair(spec, seed, index);
  const resolve = (scene: Scene, object: number, name: string | null): ResolvedQuery => ({
    name,
    query: queryOf(scene, object, spec),
    modality,
    grid: spec.grid,
    ask: { question: 'indirect', object },
  });
  const question = pair.original.asked.indexOf(pair.asked);
  return {
    pair,
    original: resolve(pair.original, pair.asked, queryName({ spec, seed, index, question })),
    counterfactual: resolve(pair.counterfactual, pair.positional, null),
  };
}

/** @throws ServiceError where a query is invalid, or the mechanisms predict the same object */
export function inlinePair(
  request: Pick<InlineIntervention, 'original' | 'counterfactual'>,
): ResolvedPair {
  const original = resolveQuery(request.original, 'body.original');
  const counterfactual = resolveQuery(request.counterfactual, 'body.counterfactual');
  try {
    requireSameKind(original, counterfactual);
    return { original, counterfactual, pair: pairOf(original, counterfactual) };
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw invalidPart('body.counterfactual', error.message);
  }
}

function requireSameKind(original: ResolvedQuery, counterfactual: ResolvedQuery): void {
  if (original.ask.question !== 'indirect' || counterfactual.ask.question !== 'indirect') {
    throw new SpecError('both queries must have the question "indirect"');
  }
  const kindOf = ({ modality, grid, query }: ResolvedQuery) =>
    `${modality}, ${query.scene.objects.length} objects` +
    (modality === 'image' ? `, ${grid} x ${grid} cells` : '');
  if (kindOf(original) !== kindOf(counterfactual)) {
    throw new SpecError(
      'the two queries must have the same modality, number of objects and grid, but the original has ' +
        `${kindOf(original)} and the counterfactual ${kindOf(counterfactual)}`,
    );
  }
}

/** Finds the object of the original that each mechanism predicts from the counterfactual's object. */
function pairOf(original: ResolvedQuery, counterfactual: ResolvedQuery): InterchangePair {
  const { scene, object: asked } = original.query;
  const { scene: other, object } = counterfactual.query;
  const source = elementAt(other.objects, object);
  const find = (what: string, matches: (candidate: SceneObject) => boolean) => {
    const found = scene.objects.findIndex(matches);
    if (found < 0) throw new SpecError(`no object of the original has ${what}`);
    return found;
  };
  // The position of an object is its cell in a picture, and its index in a text.
  const sameCell = ({ row, column }: SceneObject) => row === source.row && column === source.column;
  const pair = {
    asked,
    positional:
      original.modality === 'text'
        ? object
        : find("the cell of the counterfactual's object", sameCell),
    symbolic: find(
      "the shape of the counterfactual's object",
      ({ shape }) => shape === source.shape,
    ),
    reflexive: find("the item of the counterfactual's object", ({ item }) => item === source.item),
  };
  requireDistinct(pair);
  return { original: scene, counterfactual: other, ...pair };
}

function requireDistinct(roles: Readonly<Record<string, number>>): void {
  const entries = Object.entries(roles);
  for (const [index, [role, object]] of entries.entries()) {
    const same = entries.slice(index + 1).find(([, other]) => other === object);
    if (!same) continue;
    const label = (name: string) => (name === 'asked' ? 'the question' : `the ${name} mechanism`);
    throw new SpecError(
      'the question and each mechanism must select different objects of the original, but ' +
        `${label(role)} and ${label(same[0])} both select object ${object}`,
    );
  }
}
