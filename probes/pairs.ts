import { generateScene, type Scene, type SceneObject } from '../task/scene.ts';
import { SpecError, type QuerySpec } from '../task/spec.ts';
import { RandomStream } from '../task/random.ts';

/**
 * An original scene and a counterfactual one, asked for the same colour, in which each mechanism finds
 * something else (paper, "Interchange intervention"). Places are indices of objects in context order.
 *
 * The positional answer is the item of the original's object at P, as the paper has it ("item of the
 * original's group P"), also where associations are shuffled: a place found in the context is then
 * still followed through the shape that stands there. The other reading, the item of the P-th
 * association, is what a network answers that never looks at a shape; such a network is right about
 * the counterfactual only where the P-th association is that of P's object, and there the two agree.
 * All other pairs count as not solved, so the choice decides no outcome of such a network.
 */
export interface InterchangePair {
  readonly original: Scene;
  readonly counterfactual: Scene;
  /** The object that the original asks about. */
  readonly asked: number;
  /** P: where the counterfactual's object stands; the item there in the original is the positional answer. */
  readonly positional: number;
  /** L: whose shape, in the original, the counterfactual's object has; its item is the symbolic answer. */
  readonly symbolic: number;
  /** R: whose item, in the original, is the counterfactual's own answer. */
  readonly reflexive: number;
}

/** Fewest objects of a pair: asked, P, L and R are all distinct. */
export const MIN_PAIR_OBJECTS = 4;

/**
 * The pair with this index, made from the scene with this index.
 *
 * The asked colour stays the same, so that the two prompts end in the same tokens: a patch of the
 * embedding then changes nothing, and what a later patch carries over was read from the context.
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
  const draw = new RandomStream([0x1a7e, seed, index, spec.objects]);
  const [asked, positional, symbolic, reflexive] = draw.sample(MIN_PAIR_OBJECTS, spec.objects);
  return pairOf(original, { asked, positional, symbolic, reflexive });
}

/** Who is asked about, and what each mechanism shall find: four different objects. */
export type PairRoles = Pick<InterchangePair, 'asked' | 'positional' | 'symbolic' | 'reflexive'>;

/** The pair of a scene in which these objects have these roles. */
export function pairOf(original: Scene, roles: PairRoles): InterchangePair {
  const { asked, positional, symbolic, reflexive } = roles;
  return {
    original,
    counterfactual: counterfactualOf(original, asked, positional, symbolic, reflexive),
    ...roles,
  };
}

/** Colours swap between asked and P, shapes between P and L, items between the shapes of L and R. */
function counterfactualOf(scene: Scene, asked: number, P: number, L: number, R: number): Scene {
  const objects = scene.objects.map((object) => ({ ...object }));
  const swap = (field: 'colour' | 'shape' | 'item', a: number, b: number) => {
    [objects[a][field], objects[b][field]] = [objects[b][field], objects[a][field]];
  };
  swap('colour', asked, P);
  // An item belongs to its shape: it moves along, then L's and R's are exchanged.
  swap('shape', P, L);
  swap('item', P, L);
  swap('item', P, R);
  return { ...scene, objects: objects satisfies SceneObject[] };
}
