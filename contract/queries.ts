import { z } from 'zod';
import {
  bounded,
  gridSchema,
  LIMITS,
  modalitySchema,
  objectsSchema,
  questionSchema,
  querySpecSchema,
  seedSchema,
} from '../task/spec.ts';
import { API_LIMITS } from './limits.ts';
import { figureParametersSchema, widthParameter } from './theme-locale.ts';
import {
  inUrl,
  queryKindParameters,
  questionsPerSceneParameter,
  startParameter,
  vocabularyParameters,
} from './url-parameters.ts';

/** Queries of the task: requests for them, and how the API shows them. */

export const QUERY_NAME_EXAMPLE = 'test.text.context.indirect.n8.v40-40-32.z0.g6.s0.i12.q3';

export const listQueriesSchema = z.strictObject({
  objects: inUrl(objectsSchema).meta({ description: 'Objects in the scene.', example: 8 }),
  count: inUrl(bounded('count', 1, API_LIMITS.queriesPerPage)).default(10),
  start: startParameter,
  ...queryKindParameters,
  colours: vocabularyParameters.colours.default(LIMITS.colours),
  shapes: vocabularyParameters.shapes.default(LIMITS.shapes),
  items: vocabularyParameters.items.default(LIMITS.items),
  questionsPerScene: questionsPerSceneParameter,
});

/** The same as lines, of which a page has more. */
export const queryLinesSchema = listQueriesSchema.extend({
  count: inUrl(bounded('count', 1, API_LIMITS.queriesAsLines)).default(API_LIMITS.queriesPerPage),
});

export const queryPathSchema = z.object({
  name: z.string().meta({ description: 'The name of a query.', example: QUERY_NAME_EXAMPLE }),
});

/** A path that ends in the name of a query and an extension. */
export const queryPicturePathSchema = (extension: string) =>
  z.object({
    name: z
      .string()
      .transform((file) => file.slice(0, -1 - extension.length))
      .meta({ description: 'The name of a query.', example: QUERY_NAME_EXAMPLE }),
  });

/** Parameters of the picture as PNG: those of all figures; by default 16 pixels a cell, as models read it. */
export const queryPngParametersSchema = figureParametersSchema.extend({
  width: widthParameter.meta({
    description: 'Pixels. By default 16 pixels a cell, exactly as models read the picture.',
  }),
});

export const tokenSchema = z.object({
  token: z.number().int().meta({ description: 'Token id.' }),
  kind: z.enum(['special', 'colour', 'shape', 'item']),
  name: z.string(),
});

const sceneObjectSchema = z.object({
  colour: z.string(),
  hex: z.string().meta({ example: '#ff0000' }),
  shape: z.string(),
  item: z.string(),
  row: z.number().int(),
  column: z.number().int(),
});

const strategySchema = z.object({
  object: z.number().int().meta({ description: 'Index of the object in the context, from 0.' }),
  association: z.number().int().meta({ description: 'Index of the association, from 0.' }),
  item: z.string().meta({ description: 'The item of that association.' }),
});

export const querySchema = z
  .object({
    name: z.string().meta({ example: QUERY_NAME_EXAMPLE }),
    spec: querySpecSchema,
    seed: seedSchema,
    index: z.number().int().meta({ description: 'Index of the scene.' }),
    text: z.string().meta({
      description: 'The prompt in words, without the patches of a picture.',
    }),
    tokens: z.array(z.number().int()),
    positions: z.array(z.number().int()).meta({ description: 'Position id of each token.' }),
    objects: z.array(sceneObjectSchema).meta({ description: 'In the order of the context.' }),
    associations: z.array(z.object({ shape: z.string(), item: z.string() })),
    asked: tokenSchema,
    answer: tokenSchema,
    strategies: z
      .object({
        positional: strategySchema.meta({
          description: 'Matches the k-th object with the k-th association.',
        }),
        symbolic: strategySchema.meta({
          description: "Finds the association that has the object's shape.",
        }),
      })
      .nullable()
      .meta({
        description: 'What each strategy reads; null where the question does not ask for an item.',
      }),
    links: z.object({ self: z.string(), svg: z.string(), png: z.string() }),
  })
  .meta({ id: 'Query' });
export type QueryResource = z.infer<typeof querySchema>;

export const queryListSchema = z.object({ queries: z.array(querySchema) });

const cell = (name: string) => bounded(name, 0, LIMITS.grid - 1).optional();

/** A query that a request describes in full. */
export const inlineQuerySchema = z
  .strictObject({
    modality: modalitySchema.default('text'),
    question: questionSchema.default('indirect'),
    grid: gridSchema.default(6),
    objects: z
      .array(
        z.strictObject({
          colour: z.string(),
          shape: z.string(),
          item: z.string(),
          row: cell('row'),
          column: cell('column'),
        }),
      )
      .min(1, 'a scene must have at least 1 object')
      .max(LIMITS.objects, `a scene must have at most ${LIMITS.objects} objects`)
      .meta({
        description:
          'In the order of the context. Rows and columns count from 0; without them, the objects fill ' +
          'the picture row by row.',
      }),
    associations: z.array(z.string()).optional().meta({
      description:
        'The shapes in the order of the associations; by default the order of the context.',
    }),
    asked: z.string().meta({
      description: 'The colour asked about; the shape for the questions association and colour.',
    }),
  })
  .meta({ id: 'InlineQuery' });
export type InlineQuery = z.infer<typeof inlineQuerySchema>;

/** A query in a request: its name, or the query in full. */
export const queryInputSchema = z.union([z.string(), inlineQuerySchema], {
  error: 'must be the name of a query, or a query in full',
});
