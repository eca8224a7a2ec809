import { z } from 'zod';
import { elementAt } from '../element-at.ts';
import type { Picture } from '../picture.ts';
import { queryName } from '../query.ts';
import type { QueryIndices } from '../query-indices.ts';
import { generateScene } from '../scene.ts';
import {
  associationOrderSchema,
  bounded,
  DEFAULT_GRID,
  LIMITS,
  questionSchema,
  SpecError,
  splitSchema,
  type QuerySpec,
} from '../spec.ts';
import { drawWords } from './word-picture.ts';
import { writeWordPrompt, type Wording, type WordPrompt } from './word-prompt.ts';
import { vocabularyOfWords } from './word-lists.ts';

/** Queries in English. They are the queries of the task, and longer ones: a query of up to 32 objects has the same scene. */

/** Most objects of a query in English. */
export const MOST_WORD_OBJECTS = 128;

export const wordObjectsSchema = bounded('objects', 1, MOST_WORD_OBJECTS);

/** The kind of a query in English; the wording decides whether the context is text or a picture. */
export const wordSpecSchema = z.object({
  split: splitSchema.default('test'),
  order: associationOrderSchema.default('context'),
  question: questionSchema.default('indirect'),
  objects: wordObjectsSchema,
  vocabulary: z
    .object({
      colours: bounded('vocabulary.colours', 1, 1000),
      shapes: bounded('vocabulary.shapes', 1, 1000),
      items: bounded('vocabulary.items', 1, 1000),
    })
    .optional(),
  grid: bounded('grid', 1, LIMITS.grid).optional(),
});

/**
 * The spec of queries in English, with what was left out: as many words as pictures can draw where these are enough for
 * the objects (so that text and pictures have the same scenes), else all; the smallest grid from 6 x 6 on.
 *
 * @throws SpecError where the words do not suffice, or a value is outside its limits
 */
export function parseWordSpec(
  input: z.input<typeof wordSpecSchema>,
  { template, words }: Wording,
): QuerySpec {
  const parsed = wordSpecSchema.safeParse(input);
  if (!parsed.success)
    throw new SpecError(parsed.error.issues.map(({ message }) => message).join('; '));
  const { objects, grid, vocabulary, ...kind } = parsed.data;
  const isPicture = template.modality === 'image';
  const drawn = isPicture || objects <= Math.min(words.drawn.colours, words.drawn.shapes);
  const all = vocabularyOfWords(words, isPicture);
  const used = vocabulary ?? vocabularyOfWords(words, drawn);
  for (const set of ['colours', 'shapes', 'items'] as const) {
    const where = `the word list ${words.id} has ${all[set]} ${set}${isPicture && set !== 'items' ? ' that pictures draw' : ''}`;
    if (used[set] > all[set]) throw new SpecError(`vocabulary.${set} (${used[set]}): ${where}`);
    if (objects > used[set])
      throw new SpecError(
        `objects (${objects}) must not exceed the ${used[set]} ${set} in use; ${where}`,
      );
  }
  const side = grid ?? Math.max(DEFAULT_GRID, Math.ceil(Math.sqrt(objects)));
  if (objects > side ** 2)
    throw new SpecError(
      `objects (${objects}) must not exceed the ${side ** 2} cells of the picture`,
    );
  return {
    ...kind,
    objects,
    vocabulary: used,
    modality: template.modality,
    maxPositionGaps: 0,
    grid: side,
  };
}

/** A query in English, with everything that a person or a model needs to answer it. */
export interface WordQuery {
  /** `<name of the query>.<template>.<word list>`: the same everywhere, and for other wordings of a scene another one. */
  readonly id: string;
  readonly spec: QuerySpec;
  readonly seed: number;
  readonly indices: QueryIndices;
  readonly prompt: WordPrompt;
  /** Index of the object asked about, in the context and in the associations. */
  readonly position: { readonly context: number; readonly association: number };
  /** Draws the context; undefined where it is text. */
  readonly picture: (() => Picture) | undefined;
}

/** @param spec of `parseWordSpec`, with the same wording */
export function generateWordQuery(
  spec: QuerySpec,
  seed: number,
  indices: QueryIndices,
  wording: Wording,
): WordQuery {
  const scene = generateScene(spec, seed, indices.index);
  const object = elementAt(scene.asked, indices.question);
  const { template, words } = wording;
  return {
    id: `${queryName({ spec, seed, ...indices })}.${template.id}.${words.id}`,
    spec,
    seed,
    indices,
    prompt: writeWordPrompt(scene, { question: spec.question, object }, wording),
    position: { context: object, association: scene.associations.indexOf(object) },
    picture:
      template.modality === 'image' ? () => drawWords(scene.objects, spec.grid, words) : undefined,
  };
}
