import { elementAt } from './element-at.ts';
import { RandomStream } from './random.ts';
import { SPLITS, type QuerySpec } from './spec.ts';

/** One object of a scene: indices into the vocabulary, and its cell in the picture. */
export interface SceneObject {
  readonly colour: number;
  readonly shape: number;
  readonly item: number;
  readonly row: number;
  readonly column: number;
}

/**
 * What text and image contexts share: the objects in context order (no colour, shape or item twice),
 * the order of the associations, and the gaps that noise leaves in the position ids of the text.
 */
export interface Scene {
  readonly objects: readonly SceneObject[];
  /** For each association, the index of its object. */
  readonly associations: readonly number[];
  /** Noise tokens before each object, then those before CTX_END; length `objects + 1`. */
  readonly gaps: readonly number[];
  /** Gaps before each association; only in training, where a recipe asks for them. */
  readonly associationGaps?: readonly number[];
  /** The object of the k-th question: in random order, so that no position is asked more often. */
  readonly asked: readonly number[];
}

/** Each aspect of a scene has its own random stream, so that a change of one keeps the others. */
const ASPECTS = {
  colours: 1,
  shapes: 2,
  items: 3,
  cells: 4,
  associations: 5,
  gaps: 6,
  asked: 7,
} as const;

/** The part of a query's spec that its scene depends on: neither modality nor question. */
export type SceneSpec = Pick<
  QuerySpec,
  'split' | 'objects' | 'vocabulary' | 'order' | 'maxPositionGaps' | 'grid'
>;

/**
 * Generates a scene: the same spec, seed and index give the same scene on every machine.
 *
 * @param spec a parsed spec (`parseSpec`)
 * @param seed, index unsigned 32-bit words
 */
export function generateScene(spec: SceneSpec, seed: number, index: number): Scene {
  const { objects: count, vocabulary, grid } = spec;
  const stream = (aspect: keyof typeof ASPECTS) => {
    const kind = (SPLITS.indexOf(spec.split) << 24) | (ASPECTS[aspect] << 16) | count;
    return new RandomStream([kind, seed, index, 0]);
  };
  const colours = stream('colours').sample(count, vocabulary.colours);
  const shapes = stream('shapes').sample(count, vocabulary.shapes);
  const items = stream('items').sample(count, vocabulary.items);
  const cells = stream('cells').sample(count, grid * grid);
  const inContextOrder = colours.map((_, object) => object);
  return {
    objects: colours.map((colour, object) => {
      const cell = elementAt(cells, object);
      return {
        colour,
        shape: elementAt(shapes, object),
        item: elementAt(items, object),
        row: Math.floor(cell / grid),
        column: cell % grid,
      };
    }),
    associations:
      spec.order === 'context' ? inContextOrder : stream('associations').sample(count, count),
    gaps: drawGaps(stream('gaps'), count + 1, spec.maxPositionGaps),
    asked: stream('asked').sample(count, count),
  };
}

/** The lists in which the object asked about has a position: objects in the context, and associations. */
export const POSITION_LISTS = ['context', 'association'] as const;
export type PositionList = (typeof POSITION_LISTS)[number];

/** The index, in one of the lists, of the object of the k-th question. */
export function askedPosition(
  { asked, associations }: Pick<Scene, 'asked' | 'associations'>,
  question: number,
  list: PositionList,
): number {
  const object = elementAt(asked, question);
  return list === 'context' ? object : associations.indexOf(object);
}

/**
 * The answer of a purely positional strategy: the item of the association with the same index as the
 * object in the context. With associations in context order it is the object's own item.
 */
export function itemAtSamePosition({ objects, associations }: Scene, object: number): number {
  return elementAt(objects, elementAt(associations, object)).item;
}

/**
 * Noise tokens between objects, never within a colour-shape pair (our choice: the paper does not say).
 *
 * @param max most noise tokens in all; their number is uniform from 0 to it
 */
export function drawGaps(stream: RandomStream, slots: number, max: number): number[] {
  const gaps = new Array<number>(slots).fill(0);
  const total = stream.below(max + 1);
  for (let token = 0; token < total; token++) {
    const slot = stream.below(slots);
    gaps[slot] = elementAt(gaps, slot) + 1;
  }
  return gaps;
}
