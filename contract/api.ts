import { z } from 'zod';
import {
  associationOrderSchema,
  bounded,
  gridSchema,
  LIMITS,
  modalitySchema,
  positionGapsSchema,
  objectsSchema,
  questionSchema,
  querySpecSchema,
  seedSchema,
  splitSchema,
  vocabularySchema,
} from '../task/spec.ts';
import { TOKEN_COUNT } from '../task/tokens.ts';
import { accuracyPointSchema, modelCardSchema, proportionSchema } from './card.ts';
import { modelReferenceSchema } from './model-reference.ts';

/** Every request and response of the HTTP API, as data. */

/** The bounds of a request that are the API's own; those of the task are in `task/spec.ts`. */
export const API_LIMITS = {
  modelsPerRequest: 8,
  /** Where nobody chooses, figures show the first ones of the list: more lines than that nobody reads. */
  modelsInFigures: 6,
  queriesPerPage: 100,
  /** Places in the endless list of a spec's queries. */
  start: 1_000_000,
  queriesPerPrediction: 64,
  top: TOKEN_COUNT,
  queriesPerCount: 2000,
  questionsPerScene: 8,
  pairsPerSweep: 128,
  queriesPerKnockout: 512,
  positionsPerIntervention: 16,
  headsPerIntervention: 64,
  bodyBytes: 256 * 1024,
} as const;

export { bounded };

// --- Parameters in a URL --------------------------------------------------------------------------

/** A numeral as a number; anything else as it is, for the schema behind to refuse by name. */
const numeral = (text: unknown): unknown =>
  typeof text === 'string' && /^\d{1,10}$/.test(text) ? Number(text) : text;

export const inUrl = <T extends z.ZodType>(schema: T) => z.preprocess(numeral, schema);

/** A list as `a,b,c`, without repetitions. */
export const listInUrl = <T extends z.ZodType>(what: string, element: T, most: number) =>
  z
    .preprocess(
      (text) => (typeof text === 'string' ? text.split(',') : text),
      z
        .array(element, { error: `${what} must be a list such as a,b` })
        .max(most, `${what} may name at most ${most}`)
        .refine((list) => new Set(list).size === list.length, `${what} must not name one twice`),
    )
    .meta({ param: { style: 'form', explode: false } });

const splitParameter = splitSchema.default('test').meta({
  description: 'Scenes of different splits never coincide; models are trained on `train`.',
});
const modalityParameter = modalitySchema.default('text').meta({
  description: 'Whether the context is text or a picture; both have the same scenes and answers.',
});
const orderParameter = associationOrderSchema.default('context').meta({
  description: "Order of the associations: the context's own, or shuffled.",
});
const questionParameter = questionSchema.default('indirect').meta({
  description:
    'indirect: colour -> item, the task itself; its parts are association (shape -> item), ' +
    'shape (colour -> shape) and colour (shape -> colour).',
});
const maxPositionGapsParameter = inUrl(positionGapsSchema).default(0).meta({
  description: 'Most gaps in the position ids of a text context, as unattendable tokens leave.',
});
const gridParameter = inUrl(gridSchema).default(6).meta({
  description: 'Cells per side of the picture.',
});
const startParameter = inUrl(bounded('start', 0, API_LIMITS.start))
  .default(0)
  .meta({
    description: 'Place of the first query in the endless list.',
  });
const seedParameter = inUrl(seedSchema).default(0);
const { colours, shapes, items } = vocabularySchema.shape;
const coloursParameter = inUrl(colours.unwrap()).meta({ description: 'Colours in use.' });
const shapesParameter = inUrl(shapes.unwrap()).meta({ description: 'Shapes in use.' });
const itemsParameter = inUrl(items.unwrap()).meta({ description: 'Items in use.' });
const questionsPerSceneParameter = inUrl(
  bounded('questionsPerScene', 1, API_LIMITS.questionsPerScene),
)
  .default(API_LIMITS.questionsPerScene)
  .meta({
    description:
      'Most questions about one scene. They share the work of reading it, but not quite their ' +
      'luck: with 1, queries are as independent as intervals and tests assume.',
  });

/** What kind of query, drawn with which seed; the vocabulary's defaults differ by route. */
const kindParameters = {
  seed: seedParameter,
  split: splitParameter,
  modality: modalityParameter,
  order: orderParameter,
  question: questionParameter,
  maxPositionGaps: maxPositionGapsParameter,
  grid: gridParameter,
};

export const listQueriesSchema = z.strictObject({
  objects: inUrl(objectsSchema).meta({ description: 'Objects in the scene.', example: 8 }),
  count: inUrl(bounded('count', 1, API_LIMITS.queriesPerPage)).default(10),
  start: startParameter,
  ...kindParameters,
  colours: coloursParameter.default(LIMITS.colours),
  shapes: shapesParameter.default(LIMITS.shapes),
  items: itemsParameter.default(LIMITS.items),
  questionsPerScene: questionsPerSceneParameter,
});

export const compareSchema = z.strictObject({
  models: listInUrl('models', modelReferenceSchema, API_LIMITS.modelsPerRequest).meta({
    example: ['text-only', 'image-text'],
  }),
  objects: listInUrl('objects', inUrl(objectsSchema), LIMITS.objects)
    .default([2, 4, 8, 12, 16])
    .meta({ description: 'Numbers of objects.' }),
  queries: inUrl(bounded('queries', 1, API_LIMITS.queriesPerCount))
    .default(48)
    .meta({
      description: 'Queries for each number of objects.',
    }),
  start: startParameter,
  ...kindParameters,
  colours: coloursParameter.optional().meta({
    description: 'Colours in use; by default as many as all the models know.',
  }),
  shapes: shapesParameter.optional().meta({
    description: 'Shapes in use; by default as many as all the models know.',
  }),
  items: itemsParameter.optional().meta({
    description: 'Items in use; by default as many as all the models know.',
  }),
  questionsPerScene: questionsPerSceneParameter,
});

export type CompareRequest = z.infer<typeof compareSchema>;

export const referenceFilePathSchema = z.object({
  file: z.enum(['swagger-ui-bundle.js', 'swagger-ui.css', 'start.js'], {
    error: 'the reference has no such file',
  }),
});

export const noParametersSchema = z.strictObject({});

// --- Models ---------------------------------------------------------------------------------------

export const modelPathSchema = z.object({
  id: modelReferenceSchema.meta({ example: 'text-only' }),
});

export const modelFilePathSchema = modelPathSchema.extend({
  name: z
    .enum(['model.onnx', 'probe.onnx', 'encoder.onnx'], {
      error: 'a model has the files model.onnx, probe.onnx and, where it sees, encoder.onnx',
    })
    .meta({ example: 'model.onnx' }),
});

export const modelSummarySchema = modelCardSchema
  .pick({ id: true, modalities: true, parameters: true })
  .extend({
    regime: z.string(),
    description: z.string(),
    accuracy: z
      .array(
        z.object({
          modality: modalitySchema,
          order: associationOrderSchema,
          id: proportionSchema.meta({ description: 'Up to 8 objects, as in training.' }),
          ood: proportionSchema.meta({ description: 'More than 8 objects.' }),
        }),
      )
      .meta({ description: 'As measured when the model was exported, on unseen test queries.' }),
    links: z.object({ self: z.string(), files: z.array(z.string()) }),
  });
export type ModelSummary = z.infer<typeof modelSummarySchema>;

export const modelListSchema = z.object({ models: z.array(modelSummarySchema) });

// --- Queries --------------------------------------------------------------------------------------

const NAME_EXAMPLE = 'test.text.context.indirect.n8.v40-40-32.z0.g6.s0.i12.q3';

export const queryPathSchema = z.object({
  file: z.string().meta({
    description: 'The name of a query; with `.svg` or `.png` behind it, its picture.',
    example: NAME_EXAMPLE,
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
  object: z.number().int().meta({ description: 'Place in the context, counted from 0.' }),
  association: z.number().int().meta({ description: 'Place among the associations, from 0.' }),
  item: z.string().meta({ description: 'The item that is found there.' }),
});

export const querySchema = z
  .object({
    name: z.string().meta({ example: NAME_EXAMPLE }),
    spec: querySpecSchema,
    seed: seedSchema,
    index: z.number().int().meta({ description: 'Number of the scene.' }),
    text: z.string().meta({
      description: 'The prompt in words; the patches of a picture are left out.',
    }),
    tokens: z.array(z.number().int()),
    positions: z.array(z.number().int()).meta({ description: 'Position id of each token.' }),
    objects: z.array(sceneObjectSchema).meta({ description: "In the context's order." }),
    associations: z.array(z.object({ shape: z.string(), item: z.string() })),
    asked: tokenSchema,
    answer: tokenSchema,
    strategies: z
      .object({
        positional: strategySchema.meta({
          description: 'Takes the k-th object to go with the k-th association.',
        }),
        symbolic: strategySchema.meta({
          description: "Looks the object's shape up among the associations.",
        }),
      })
      .nullable()
      .meta({ description: 'What each strategy looks at; null where no item is asked for.' }),
    links: z.object({ self: z.string(), svg: z.string(), png: z.string() }),
  })
  .meta({ id: 'Query' });
export type QueryResource = z.infer<typeof querySchema>;

export const queryListSchema = z.object({ queries: z.array(querySchema) });

// --- Predictions ----------------------------------------------------------------------------------

const cell = (what: string) => bounded(what, 0, LIMITS.grid - 1).optional();

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
      .min(1, 'a scene has at least 1 object')
      .max(LIMITS.objects, `a scene has at most ${LIMITS.objects} objects`)
      .meta({
        description:
          "In the context's order. Rows and columns count from 0; without them, objects stand " +
          'row by row.',
      }),
    associations: z
      .array(z.string())
      .optional()
      .meta({ description: "The shapes in the order of their associations; else the context's." }),
    asked: z.string().meta({
      description: 'The colour asked about; the shape for the questions association and colour.',
    }),
  })
  .meta({ id: 'GivenQuery' });
export type InlineQuery = z.infer<typeof inlineQuerySchema>;

export const predictRequestSchema = z
  .strictObject({
    models: z
      .array(modelReferenceSchema)
      .min(1, 'name at least 1 model')
      .max(API_LIMITS.modelsPerRequest, `name at most ${API_LIMITS.modelsPerRequest} models`)
      .refine((list) => new Set(list).size === list.length, 'models must not name one twice')
      .meta({ example: ['text-only'] }),
    queries: z
      .array(z.union([z.string(), inlineQuerySchema]))
      .min(1, 'ask at least 1 query')
      .max(
        API_LIMITS.queriesPerPrediction,
        `ask at most ${API_LIMITS.queriesPerPrediction} queries`,
      )
      .meta({ description: 'By name or in full.', example: [NAME_EXAMPLE] }),
    top: bounded('top', 1, API_LIMITS.top).default(5).meta({
      description: 'How many of the most probable tokens to tell.',
    }),
  })
  .meta({ example: { models: ['text-only', 'image-text'], queries: [NAME_EXAMPLE], top: 3 } });

export type PredictRequest = z.infer<typeof predictRequestSchema>;

export const tokenProbabilitySchema = tokenSchema.extend({
  probability: z.number().min(0).max(1).meta({ description: 'Among all tokens.' }),
});

export const answerSchema = z.object({
  model: modelReferenceSchema,
  answer: tokenProbabilitySchema.meta({ description: 'The most probable token of all.' }),
  correct: z.boolean(),
  top: z.array(tokenProbabilitySchema),
});
export type Answer = z.infer<typeof answerSchema>;

export const predictResponseSchema = z.object({
  results: z.array(
    z.object({
      query: z.object({
        name: z.string().nullable().meta({ description: 'null for a query given in full.' }),
        text: z.string(),
        asked: tokenSchema,
        answer: tokenSchema,
      }),
      answers: z.array(answerSchema),
    }),
  ),
});
export type PredictResponse = z.infer<typeof predictResponseSchema>;

// --- Comparisons ----------------------------------------------------------------------------------

/** Two models on the same queries. */
export const pairedSchema = z.object({
  count: z.number().int(),
  both: z.number().int().meta({ description: 'Queries that both got right.' }),
  onlyA: z.number().int(),
  onlyB: z.number().int(),
  neither: z.number().int(),
  difference: z.number().meta({ description: 'Accuracy of a less that of b.' }),
  pValue: z.number().meta({ description: "McNemar's test, exact and two-sided." }),
});
export type Paired = z.infer<typeof pairedSchema>;

const idAndOod = <T extends z.ZodType>(schema: T) => ({
  id: schema.nullable().meta({
    description: `All counts up to ${LIMITS.inDistribution} objects together; null without any.`,
  }),
  ood: schema.nullable().meta({
    description: `All counts of more than ${LIMITS.inDistribution} objects; null without any.`,
  }),
});

export const comparisonSchema = z.object({
  models: z.array(
    z.object({
      model: modelReferenceSchema.meta({ description: 'As the request names it.' }),
      byObjects: z.array(accuracyPointSchema),
      ...idAndOod(proportionSchema),
    }),
  ),
  pairs: z.array(
    z.object({
      a: modelReferenceSchema,
      b: modelReferenceSchema,
      byObjects: z.array(pairedSchema.extend({ objects: objectsSchema })),
      ...idAndOod(pairedSchema),
    }),
  ),
});
export type Comparison = z.infer<typeof comparisonSchema>;

export const compareResponseSchema = comparisonSchema.extend({
  queries: z
    .object({
      ...querySpecSchema.shape,
      objects: z.array(objectsSchema),
      seed: seedSchema,
      start: z.number().int(),
      count: z.number().int().meta({ description: 'For each number of objects.' }),
      questionsPerScene: z.number().int(),
    })
    .meta({ description: 'What was asked, defaults included.' }),
  digests: z.record(modelReferenceSchema, z.string()).meta({
    description: 'sha256 of the model files that answered.',
  }),
});
export type CompareResponse = z.infer<typeof compareResponseSchema>;
