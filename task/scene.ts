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
 * What text and image contexts have in common: the objects in context order (no colour, shape or item
 * twice), the order of the associations, and the gaps that noise leaves in the text's position ids.
 */
export interface Scene {
  readonly objects: readonly SceneObject[];
  /** Place in the associations -> index of the object associated there. */
  readonly associations: readonly number[];
  /** Noise tokens before each object, and last those before CTX_END; length `objects + 1`. */
  readonly gaps: readonly number[];
  /** Gaps before each association: in training alone, where a recipe asks for them. */
  readonly associationGaps?: readonly number[];
  /** The object that the k-th question asks about: a random order, so that no place is favoured. */
  readonly asked: readonly number[];
}

/** Each aspect of a scene has a stream of its own, so that changing one leaves the others alone. */
const ASPECTS = {
  colours: 1,
  shapes: 2,
  items: 3,
  places: 4,
  associations: 5,
  gaps: 6,
  asked: 7,
} as const;

/** Everything of a query's spec on which its scene depends: neither modality nor question. */
export type SceneSpec = Pick<
  QuerySpec,
  'split' | 'objects' | 'vocabulary' | 'order' | 'maxPositionGaps' | 'grid'
>;

/**
 * Draws a scene, with random access: the same spec, seed and index give the same scene anywhere.
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
  const cells = stream('places').sample(count, grid * grid);
  const inContextOrder = colours.map((_, object) => object);
  return {
    objects: colours.map((colour, object) => ({
      colour,
      shape: shapes[object],
      item: items[object],
      row: Math.floor(cells[object] / grid),
      column: cells[object] % grid,
    })),
    associations:
      spec.order === 'context' ? inContextOrder : stream('associations').sample(count, count),
    gaps: drawGaps(stream('gaps'), count + 1, spec.maxPositionGaps),
    asked: stream('asked').sample(count, count),
  };
}

/**
 * The item that position alone points at: the one in the pair that stands where the object stands in
 * the context. In the context's order it is the object's own.
 */
export function itemInPlaceOf({ objects, associations }: Scene, object: number): number {
  return objects[associations[object]].item;
}

/** Noise falls between objects, never inside a colour-shape pair (our choice; the paper is silent). */
export function drawGaps(stream: RandomStream, slots: number, most: number): number[] {
  const gaps = new Array<number>(slots).fill(0);
  const total = stream.below(most + 1);
  for (let token = 0; token < total; token++) gaps[stream.below(slots)]++;
  return gaps;
}
