import { z } from 'zod';
import { COLOURS } from './colours.ts';
import { ITEMS } from './items.ts';
import { SHAPES } from './shapes.ts';

export const SPLITS = ['train', 'validation', 'test'] as const;
export const MODALITIES = ['text', 'image'] as const;
export const ASSOCIATION_ORDERS = ['context', 'shuffled'] as const;
export const QUESTIONS = ['indirect', 'association', 'shape', 'colour'] as const;
export const TRAINING_QUESTIONS = [...QUESTIONS, 'hop'] as const;

export type Split = (typeof SPLITS)[number];
export type Modality = (typeof MODALITIES)[number];
export type AssociationOrder = (typeof ASSOCIATION_ORDERS)[number];
/**
 * `indirect`: colour -> item through the shape, the task itself. The one-hop tasks are its parts:
 * `association`: shape -> item; `shape`: colour -> shape; `colour`: shape -> colour.
 */
export type Question = (typeof QUESTIONS)[number];

/**
 * `hop`: colour -> shape, with the question marker of the task itself. A curriculum trains on it before
 * `indirect`, never together with it, since the two differ in the answer only. The model then already
 * does the first hop under that marker, and has to learn the second one only.
 */
export type TrainingQuestion = (typeof TRAINING_QUESTIONS)[number];

/** The bounds of the task; error messages and the API's documentation quote them. */
export const LIMITS = {
  objects: ITEMS.length,
  colours: COLOURS.length,
  shapes: SHAPES.length,
  items: ITEMS.length,
  maxPositionGaps: 200,
  grid: 14,
  /** Largest seed and index: they are unsigned 32-bit words of the generator's state. */
  uint32: 0xffff_ffff,
  /** Up to this many objects a query is in distribution (paper, "The task"). */
  inDistribution: 8,
} as const;

/** Whether queries with so many objects are in distribution (ID) or out of it (OOD). */
export const rangeOfObjects = (objects: number): 'id' | 'ood' =>
  objects <= LIMITS.inDistribution ? 'id' : 'ood';

/** A whole number with an error message that names it and its limits. */
export const bounded = (name: string, from: number, to: number) => {
  const error = `${name} must be a whole number from ${from} to ${to}`;
  return z.number({ error }).int(error).min(from, error).max(to, error);
};
const choice = <const T extends readonly string[]>(name: string, values: T) =>
  z.enum(values, { error: `${name} must be one of ${values.join(', ')}` });

/** How many words of each set are in use: the first ones, in farthest-point order. */
export const vocabularySchema = z.object({
  colours: bounded('vocabulary.colours', 1, LIMITS.colours).default(LIMITS.colours),
  shapes: bounded('vocabulary.shapes', 1, LIMITS.shapes).default(LIMITS.shapes),
  items: bounded('vocabulary.items', 1, LIMITS.items).default(LIMITS.items),
});
export type Vocabulary = z.infer<typeof vocabularySchema>;

/** All words (paper, "The task"). */
export const FULL_VOCABULARY: Vocabulary = {
  colours: LIMITS.colours,
  shapes: LIMITS.shapes,
  items: LIMITS.items,
};

export const seedSchema = bounded('seed', 0, LIMITS.uint32);
export const indexSchema = bounded('index', 0, LIMITS.uint32);
export const objectsSchema = bounded('objects', 1, LIMITS.objects);
export const splitSchema = choice('split', SPLITS);
export const modalitySchema = choice('modality', MODALITIES);
export const associationOrderSchema = choice('order', ASSOCIATION_ORDERS);
export const questionSchema = choice('question', QUESTIONS);
export const positionGapsSchema = bounded('maxPositionGaps', 0, LIMITS.maxPositionGaps);
export const gridSchema = bounded('grid', 1, LIMITS.grid);

/** Cells per side of a picture where nothing says otherwise. */
export const DEFAULT_GRID = 6;

/** The kind of a query; with a seed and an index it identifies the query. */
export const querySpecSchema = z
  .object({
    split: splitSchema.default('test'),
    modality: modalitySchema.default('text'),
    /** The order of the `e i` pairs: that of the objects in the context, or shuffled. */
    order: associationOrderSchema.default('context'),
    question: questionSchema.default('indirect'),
    objects: objectsSchema,
    vocabulary: vocabularySchema.default(FULL_VOCABULARY),
    /** Most gaps in the position ids of a text context, as masked noise tokens would leave. */
    maxPositionGaps: positionGapsSchema.default(0),
    /** Cells per side of the picture; one cell is one patch. */
    grid: gridSchema.default(DEFAULT_GRID),
  })
  .superRefine((spec, context) => {
    const bounds = [
      ['items in the vocabulary', spec.vocabulary.items],
      ['colours in the vocabulary', spec.vocabulary.colours],
      ['shapes in the vocabulary', spec.vocabulary.shapes],
      [`cells of the ${spec.grid} x ${spec.grid} picture`, spec.grid ** 2],
    ] as const;
    for (const [name, max] of bounds) {
      if (spec.objects > max) {
        const message = `objects (${spec.objects}) must not exceed the ${max} ${name}`;
        context.addIssue({ code: 'custom', path: ['objects'], message });
      }
    }
  });
export type QuerySpec = z.infer<typeof querySpecSchema>;

/** An invalid spec; the message says which fields are wrong and what is allowed. */
export class SpecError extends RangeError {
  override readonly name = 'SpecError';
}

/**
 * @param input a partial spec; only `objects` is required
 * @throws SpecError in one line that names every bad field and its limits
 */
export function parseSpec(input: z.input<typeof querySpecSchema>): QuerySpec {
  const parsed = querySpecSchema.safeParse(input);
  if (!parsed.success) {
    throw new SpecError(parsed.error.issues.map((issue) => issue.message).join('; '));
  }
  return parsed.data;
}
