import { z } from 'zod';
import { bounded } from '../task/spec.ts';
import { API_LIMITS } from './limits.ts';
import { modelReferenceSchema } from './model-reference.ts';
import { QUERY_NAME_EXAMPLE, queryInputSchema, tokenSchema } from './queries.ts';

/** Answers of models to single queries. */

export const predictRequestSchema = z
  .strictObject({
    models: z
      .array(modelReferenceSchema)
      .min(1, 'models must have at least 1 entry')
      .max(
        API_LIMITS.modelsPerRequest,
        `models must have at most ${API_LIMITS.modelsPerRequest} entries`,
      )
      .refine((list) => new Set(list).size === list.length, 'models must not repeat an entry')
      .meta({ uniqueItems: true, example: ['text-only'] }),
    queries: z
      .array(queryInputSchema)
      .min(1, 'queries must have at least 1 entry')
      .max(
        API_LIMITS.queriesPerPrediction,
        `queries must have at most ${API_LIMITS.queriesPerPrediction} entries`,
      )
      .meta({ description: 'Each by name or in full.', example: [QUERY_NAME_EXAMPLE] }),
    top: bounded('top', 1, API_LIMITS.top).default(5).meta({
      description: 'How many of the most probable tokens each answer lists.',
    }),
  })
  .meta({
    example: { models: ['text-only', 'image-text'], queries: [QUERY_NAME_EXAMPLE], top: 3 },
  });
export type PredictRequest = z.infer<typeof predictRequestSchema>;

export const tokenProbabilitySchema = tokenSchema.extend({
  probability: z.number().min(0).max(1).meta({ description: 'Among all tokens.' }),
});

export const answerSchema = z.object({
  model: modelReferenceSchema,
  answer: tokenProbabilitySchema.meta({ description: 'The most probable of all tokens.' }),
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
