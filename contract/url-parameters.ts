import { z } from 'zod';
import {
  associationOrderSchema,
  bounded,
  gridSchema,
  modalitySchema,
  positionGapsSchema,
  questionSchema,
  seedSchema,
  splitSchema,
  vocabularySchema,
} from '../task/spec.ts';
import { API_LIMITS } from './limits.ts';

/** Parameters in a path or a query string. */

/** Digits become a number. Other text stays text, so that the schema refuses it by name. */
const parseDigits = (text: unknown): unknown =>
  typeof text === 'string' && /^\d{1,10}$/.test(text) ? Number(text) : text;

/** A schema of a number, for text. */
export const inUrl = <T extends z.ZodType>(schema: T) => z.preprocess(parseDigits, schema);

/** A list such as `a,b,c`, without repetition. */
export const listInUrl = <T extends z.ZodType>(name: string, element: T, most: number) =>
  z
    .preprocess(
      (text) => (typeof text === 'string' ? text.split(',') : text),
      z
        .array(element, { error: `${name} must be a list such as a,b` })
        .min(1, `${name} must have at least 1 entry`)
        .max(most, `${name} must have at most ${most} entries`)
        .refine((list) => new Set(list).size === list.length, `${name} must not repeat an entry`),
    )
    .meta({ uniqueItems: true, param: { style: 'form', explode: false } });

/** The parameters of a route that has none. */
export const noParametersSchema = z.strictObject({});

/** Parameters of pages and pictures that have none: trackers add some to every link. */
export const anyParametersSchema = z.object({});

/** The kind of the queries, and the seed; the default vocabulary differs by route. */
export const queryKindParameters = {
  seed: inUrl(seedSchema).default(0),
  split: splitSchema.default('test').meta({
    description: 'No scene is in two splits. Models are trained on `train`.',
  }),
  modality: modalitySchema.default('text').meta({
    description:
      'The context: text or a picture. Queries of both have the same scenes and answers.',
  }),
  order: associationOrderSchema.default('context').meta({
    description: "The order of the associations: the context's order, or shuffled.",
  }),
  question: questionSchema.default('indirect').meta({
    description:
      'indirect: colour -> item, the task itself. Its parts: association (shape -> item), ' +
      'shape (colour -> shape) and colour (shape -> colour).',
  }),
  maxPositionGaps: inUrl(positionGapsSchema).default(0).meta({
    description:
      'Most gaps in the position ids of a text, as left by noise tokens that nothing attends to.',
  }),
  grid: inUrl(gridSchema).default(6).meta({ description: 'Cells per side of the picture.' }),
};

export const startParameter = inUrl(bounded('start', 0, API_LIMITS.start))
  .default(0)
  .meta({ description: 'Index of the first query in the endless list.' });

export const questionsPerSceneParameter = inUrl(
  bounded('questionsPerScene', 1, API_LIMITS.questionsPerScene),
)
  .default(API_LIMITS.questionsPerScene)
  .meta({
    description:
      'Most questions about one scene. More make a request cheaper, but answers about one scene are ' +
      'correlated. With 1, queries are independent, as the intervals and tests assume.',
  });

const { colours, shapes, items } = vocabularySchema.shape;

/** How much of the vocabulary the scenes use: the first so many of each set. */
export const vocabularyParameters = {
  colours: inUrl(colours.unwrap()).meta({ description: 'Number of colours in use.' }),
  shapes: inUrl(shapes.unwrap()).meta({ description: 'Number of shapes in use.' }),
  items: inUrl(items.unwrap()).meta({ description: 'Number of items in use.' }),
};

/** A time in UTC. */
export const timeSchema = (name: string) =>
  z.iso.datetime(`${name} must be a time in UTC such as 2026-11-01T00:00:00Z`);
