import { MIN_PAIR_OBJECTS } from '../contract/pair-objects.ts';
import { elementAt } from '../task/element-at.ts';
import { RandomStream } from '../task/random.ts';
import { generateScene, type Scene } from '../task/scene.ts';
import { SpecError, type QuerySpec } from '../task/spec.ts';

/**
 * An original scene and a counterfactual one, both asked about the same colour, for which each mechanism
 * predicts another answer (paper, "Interchange intervention"). Objects are indices in context order.
 *
 * The positional answer is the item of the original's object at P, as in the paper ("item of the
 * original's group P"), also with shuffled associations: the position found in the context is followed
 * through the shape at that position. The alternative, the item of the P-th association, is the answer
 * of a model that ignores shapes; such a model solves the counterfactual only where the P-th association
 * belongs to P's object, and then both definitions agree. All other pairs count as not solved, so the
 * choice does not change an outcome of such a model.
 */
export interface InterchangePair {
  readonly original: Scene;
  readonly counterfactual: Scene;
  /** The object that the original asks about. */
  readonly asked: number;
  /** P: the position of the counterfactual's object; the original's item at P is the positional answer. */
  readonly positional: number;
  /** L: the original's object with the shape of the counterfactual's; its item is the symbolic answer. */
  readonly symbolic: number;
  /** R: the original's object whose item is the counterfactual's own answer. */
  readonly reflexive: number;
}

/**
 * The pair with an index, made from the scene with the same index.
 *
 * Both prompts ask about the same colour, so they end in the same tokens: a patch of the embedding changes
 * nothing, and a later patch transfers only what was read from the context.
 *
 * @throws SpecError for fewer than four objects
 */
export function interchangePair(spec: QuerySpec, seed: number, index: number): InterchangePair {
  if (spec.objects < MIN_PAIR_OBJECTS) {
    throw new SpecError(
      `an interchange needs at least ${MIN_PAIR_OBJECTS} objects, not ${spec.objects}`,
    );
  }
  const original = generateScene(spec, seed, index);
  const random = new RandomStream([0x1a7e, seed, index, spec.objects]);
  const drawn = random.sample(MIN_PAIR_OBJECTS, spec.objects);
  return pairOf(original, {
    asked: elementAt(drawn, 0),
    positional: elementAt(drawn, 1),
    symbolic: elementAt(drawn, 2),
    reflexive: elementAt(drawn, 3),
  });
}

/** The object asked about and the object of each mechanism: four different objects. */
export type PairRoles = Pick<InterchangePair, 'asked' | 'positional' | 'symbolic' | 'reflexive'>;

/** The pair of a scene in which these objects have these roles. */
export function pairOf(original: Scene, roles: PairRoles): InterchangePair {
  return { original, counterfactual: counterfactualOf(original, roles), ...roles };
}

/** Swaps the colours of asked and P, the shapes of P and L, and the items of the shapes of L and R. */
function counterfactualOf(scene: Scene, { asked, positional, symbolic, reflexive }: PairRoles) {
  const objects = scene.objects.map((object) => ({ ...object }));
  const swap = (field: 'colour' | 'shape' | 'item', a: number, b: number) => {
    const [first, second] = [elementAt(objects, a), elementAt(objects, b)];
    [first[field], second[field]] = [second[field], first[field]];
  };
  swap('colour', asked, positional);
  // An item stays with its shape; after that, the items of L and R are exchanged.
  swap('shape', positional, symbolic);
  swap('item', positional, symbolic);
  swap('item', positional, reflexive);
  return { ...scene, objects } satisfies Scene;
}
