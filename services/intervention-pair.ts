import type { GeneratedIntervention, InlineIntervention } from '../contract/interventions.ts';
import type { ModelCard } from '../contract/card.ts';
import { modelFacts } from '../contract/model-facts.ts';
import { interchangePair, type InterchangePair, type PairRoles } from '../probes/pairs.ts';
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
    requireIndirect(original, counterfactual);
    requireSameKind(original, counterfactual);
    return { original, counterfactual, pair: pairOf(original, counterfactual) };
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw invalidPart('body.counterfactual', error.message);
  }
}

function requireIndirect(original: ResolvedQuery, counterfactual: ResolvedQuery): void {
  if (original.ask.question !== 'indirect' || counterfactual.ask.question !== 'indirect') {
    throw new SpecError('both queries must have the question "indirect"');
  }
}

/** @throws SpecError where the prompts differ in more than their objects and their question */
export function requireSameKind(
  original: ResolvedQuery,
  counterfactual: ResolvedQuery,
  name = 'counterfactual',
): void {
  const kindOf = ({ modality, grid, query }: ResolvedQuery) =>
    `${modality}, ${query.scene.objects.length} objects` +
    (modality === 'image' ? `, ${grid} x ${grid} cells` : '');
  if (kindOf(original) !== kindOf(counterfactual)) {
    throw new SpecError(
      'the two queries must have the same modality, number of objects and grid, but the original has ' +
        `${kindOf(original)} and the ${name} ${kindOf(counterfactual)}`,
    );
  }
}

/** The objects of the original that the question and each mechanism select; undefined for none. */
export function mechanismObjects(
  original: ResolvedQuery,
  counterfactual: ResolvedQuery,
): { asked: number } & Partial<PairRoles> {
  const { scene, object: asked } = original.query;
  const { scene: other, object } = counterfactual.query;
  const source = elementAt(other.objects, object);
  const find = (matches: (candidate: SceneObject) => boolean) => {
    const found = scene.objects.findIndex(matches);
    return found < 0 ? undefined : found;
  };
  // The position of an object is its cell in a picture, and its index in a text.
  const sameCell = ({ row, column }: SceneObject) => row === source.row && column === source.column;
  const positional = original.modality === 'text' ? object : find(sameCell);
  const symbolic = find(({ shape }) => shape === source.shape);
  const reflexive = find(({ item }) => item === source.item);
  return {
    asked,
    ...(positional !== undefined && { positional }),
    ...(symbolic !== undefined && { symbolic }),
    ...(reflexive !== undefined && { reflexive }),
  };
}

/** The pair of two queries; one query with itself is the identity control. */
function pairOf(original: ResolvedQuery, counterfactual: ResolvedQuery): InterchangePair {
  const objects = mechanismObjects(original, counterfactual);
  const missing = (what: string): never => {
    throw new SpecError(`no object of the original has ${what} of the counterfactual's object`);
  };
  const roles = {
    asked: objects.asked,
    positional: objects.positional ?? missing('the cell'),
    symbolic: objects.symbolic ?? missing('the shape'),
    reflexive: objects.reflexive ?? missing('the item'),
  };
  if (!isSamePrompt(original, counterfactual)) requireDistinct(roles);
  return { original: original.query.scene, counterfactual: counterfactual.query.scene, ...roles };
}

const isSamePrompt = ({ query: { prompt, scene } }: ResolvedQuery, other: ResolvedQuery): boolean =>
  JSON.stringify([prompt, scene.objects]) ===
  JSON.stringify([other.query.prompt, other.query.scene.objects]);

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
