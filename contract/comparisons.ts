import { z } from 'zod';
import { POSITION_LISTS } from '../task/scene.ts';
import { bounded, LIMITS, objectsSchema, querySpecSchema, seedSchema } from '../task/spec.ts';
import { accuracyPointSchema, proportionSchema } from './card.ts';
import { API_LIMITS } from './limits.ts';
import { modelReferenceSchema } from './model-reference.ts';
import {
  inUrl,
  listInUrl,
  queryKindParameters,
  questionsPerSceneParameter,
  startParameter,
  vocabularyParameters,
} from './url-parameters.ts';

/** Comparisons of models on the same queries. */

const BY_DEFAULT = 'by default as many as all the models know.';

const positionListSchema = z.enum(POSITION_LISTS, {
  error: `byPosition must be one of ${POSITION_LISTS.join(', ')}`,
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
  ...queryKindParameters,
  colours: vocabularyParameters.colours.optional().meta({
    description: `Number of colours in use; ${BY_DEFAULT}`,
  }),
  shapes: vocabularyParameters.shapes.optional().meta({
    description: `Number of shapes in use; ${BY_DEFAULT}`,
  }),
  items: vocabularyParameters.items.optional().meta({
    description: `Number of items in use; ${BY_DEFAULT}`,
  }),
  questionsPerScene: questionsPerSceneParameter,
  byPosition: positionListSchema.optional().meta({
    description:
      'Adds the accuracy by position of the object asked about: its index in the context, or that of its ' +
      'association. In the order of the context they are the same; a picture has no order, so its objects ' +
      'have positions among the associations only.',
  }),
});
export type CompareRequest = z.infer<typeof compareSchema>;

/** The outcomes of two models on the same queries. */
export const pairedOutcomesSchema = z.object({
  count: z.number().int(),
  both: z.number().int().meta({ description: 'Queries that both models answer correctly.' }),
  onlyA: z.number().int(),
  onlyB: z.number().int(),
  neither: z.number().int(),
  difference: z.number().meta({ description: 'Accuracy of a minus accuracy of b.' }),
  pValue: z.number().meta({ description: "McNemar's test, exact and two-sided." }),
});
export type PairedOutcomes = z.infer<typeof pairedOutcomesSchema>;

const idAndOod = <T extends z.ZodType>(schema: T) => ({
  id: schema.nullable().meta({
    description: `All queries with up to ${LIMITS.inDistribution} objects; null without any.`,
  }),
  ood: schema.nullable().meta({
    description: `All queries with more than ${LIMITS.inDistribution} objects; null without any.`,
  }),
});

/** Accuracy of each model, and a paired test of each two. */
export const pairedComparisonSchema = z.object({
  models: z.array(
    z.object({
      model: modelReferenceSchema.meta({ description: 'As the request names it.' }),
      byObjects: z.array(accuracyPointSchema),
      ...idAndOod(proportionSchema),
      byPosition: z
        .array(
          accuracyPointSchema.extend({
            position: z.number().int().min(0).meta({
              description: 'Index, from 0, of the object asked about, in the list of the request.',
            }),
          }),
        )
        .optional()
        .meta({ description: 'Only where the request has byPosition.' }),
    }),
  ),
  pairs: z.array(
    z.object({
      a: modelReferenceSchema,
      b: modelReferenceSchema,
      byObjects: z.array(pairedOutcomesSchema.extend({ objects: objectsSchema })),
      ...idAndOod(pairedOutcomesSchema),
    }),
  ),
});
export type PairedComparison = z.infer<typeof pairedComparisonSchema>;

export const compareResponseSchema = pairedComparisonSchema.extend({
  queries: z
    .object({
      ...querySpecSchema.shape,
      objects: z.array(objectsSchema),
      seed: seedSchema,
      start: z.number().int(),
      count: z.number().int().meta({ description: 'For each number of objects.' }),
      questionsPerScene: z.number().int(),
    })
    .meta({ description: 'The parameters of the queries, defaults included.' }),
  digests: z.record(modelReferenceSchema, z.string()).meta({
    description: 'sha256 of the model files that answered.',
  }),
});
export type CompareResponse = z.infer<typeof compareResponseSchema>;
