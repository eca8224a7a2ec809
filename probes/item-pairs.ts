import { elementAt } from '../task/element-at.ts';
import { RandomStream } from '../task/random.ts';
import { generateScene, type Scene } from '../task/scene.ts';
import { SpecError, type QuerySpec } from '../task/spec.ts';

/**
 * An original scene, and a counterfactual one with the same associations and another context, in which
 * shape, colour and position are combined differently. What an association holds of the context then
 * points at another item by colour than by position. Objects are indices in the original's context.
 */
export interface ItemPair {
  readonly original: Scene;
  readonly counterfactual: Scene;
  /** The object that the original asks about. */
  readonly asked: number;
  /** Its shape has the position of the object asked about in the counterfactual. */
  readonly positional: number;
  /** Its shape has the asked colour in the counterfactual. */
  readonly symbolic: number;
}

/** Objects with different roles. */
const ROLES = 3;

/**
 * The pair with an index, made from the scene with the same index.
 *
 * @throws SpecError for fewer than three objects
 */
export function itemPair(spec: QuerySpec, seed: number, index: number): ItemPair {
  if (spec.objects < ROLES) {
    throw new SpecError(
      `an interchange at the items needs at least ${ROLES} objects, not ${spec.objects}`,
    );
  }
  const original = generateScene(spec, seed, index);
  const drawn = new RandomStream([0x17e5, seed, index, spec.objects]).sample(ROLES, spec.objects);
  const roles = {
    asked: elementAt(drawn, 0),
    positional: elementAt(drawn, 1),
    symbolic: elementAt(drawn, 2),
  };
  return { original, counterfactual: counterfactualOf(original, roles), ...roles };
}

/** Swaps the colours of asked and symbolic, and the positions of the shapes of asked and positional. */
function counterfactualOf(
  scene: Scene,
  { asked, positional, symbolic }: Pick<ItemPair, 'asked' | 'positional' | 'symbolic'>,
): Scene {
  const object = (index: number) => elementAt(scene.objects, index);
  const changed = new Map([
    [
      asked,
      {
        ...object(asked),
        colour: object(symbolic).colour,
        shape: object(positional).shape,
        item: object(positional).item,
      },
    ],
    [positional, { ...object(positional), shape: object(asked).shape, item: object(asked).item }],
    [symbolic, { ...object(symbolic), colour: object(asked).colour }],
  ]);
  const moved = new Map([
    [asked, positional],
    [positional, asked],
  ]);
  return {
    ...scene,
    objects: scene.objects.map((original, index) => changed.get(index) ?? original),
    associations: scene.associations.map((index) => moved.get(index) ?? index),
  };
}
