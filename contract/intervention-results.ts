import { z } from 'zod';
import { metricSchema, siteSchema } from './intervention-documents.ts';
import {
  answeredBySchema,
  cleanAnswerSchema,
  digestSchema,
  interventionSchema,
  sweepSchema,
} from './interventions.ts';
import { tokenProbabilitySchema } from './predictions.ts';
import { outcomeSharesSchema } from './probes.ts';

/** What interventions answer: the plan of a document, its result, or one pair or sweep of pairs. */

const workSchema = z.number().meta({ description: 'Multiply-adds of the whole document.' });

const passSchema = z.object({
  run: z.string().meta({ description: 'The run that this forward pass belongs to.' }),
  prompts: z.number().int().meta({ description: 'Rows of the pass.' }),
  writes: z.array(
    z.object({
      path: z.string().meta({ description: 'In the document.', example: 'runs.0.writes.0' }),
      tokens: z
        .array(z.number().int())
        .meta({ description: 'Indices in the prompt; in a sweep, of the first pair.' }),
    }),
  ),
  reads: z.array(siteSchema).meta({ description: 'What later passes take from this one.' }),
});

export const documentPlanSchema = z
  .object({
    kind: z.literal('plan'),
    model: answeredBySchema,
    digest: digestSchema,
    passes: z.array(passSchema).meta({
      description:
        'In their order. A run that adds to or scales an activation which its own earlier layers have ' +
        'changed needs a pass that reads it first.',
    }),
    multiplyAdds: workSchema,
    limit: z.number().meta({ description: 'Most multiply-adds of one request.' }),
    withinLimit: z.boolean(),
  })
  .meta({ id: 'InterventionPlan' });
export type DocumentPlan = z.infer<typeof documentPlanSchema>;

const valueSchema = z.object({ metric: metricSchema, value: z.number() });
const meanSchema = z.object({
  metric: metricSchema,
  mean: z.number().nullable().meta({ description: 'null where no pair is solved.' }),
  interval: z
    .tuple([z.number(), z.number()])
    .nullable()
    .meta({ description: '95 % interval of the mean.' }),
});

export const documentResultSchema = z
  .object({
    kind: z.literal('document'),
    model: answeredBySchema,
    digest: digestSchema,
    original: cleanAnswerSchema.extend({ metrics: z.array(valueSchema) }),
    counterfactual: cleanAnswerSchema.extend({ metrics: z.array(valueSchema) }).nullable(),
    runs: z.array(
      z.object({
        name: z.string(),
        answer: tokenProbabilitySchema.meta({ description: 'The most probable of all tokens.' }),
        maxLogitDelta: z.number().meta({
          description: 'Largest change of a logit; exactly 0 where the writes change nothing.',
        }),
        metrics: z.array(valueSchema),
      }),
    ),
    multiplyAdds: workSchema,
  })
  .meta({ id: 'InterventionDocumentResult' });
export type DocumentResult = z.infer<typeof documentResultSchema>;

export const documentSweepSchema = z
  .object({
    kind: z.literal('document-sweep'),
    model: answeredBySchema,
    digest: digestSchema,
    pairs: z.number().int(),
    solved: z.number().int().meta({
      description: 'Pairs that the model answers correctly without writes; only these are counted.',
    }),
    original: z.object({ metrics: z.array(meanSchema) }),
    runs: z.array(
      z.object({
        name: z.string(),
        outcomes: outcomeSharesSchema,
        maxLogitDelta: z.number().meta({ description: 'The largest of all pairs.' }),
        metrics: z.array(meanSchema),
      }),
    ),
    multiplyAdds: workSchema,
  })
  .meta({ id: 'InterventionDocumentSweepResult' });
export type DocumentSweep = z.infer<typeof documentSweepSchema>;

export const documentResponseSchema = z.discriminatedUnion('kind', [
  documentResultSchema,
  documentSweepSchema,
  documentPlanSchema,
]);
export type DocumentResponse = z.infer<typeof documentResponseSchema>;

export const interventionResponseSchema = z.union([
  interventionSchema,
  sweepSchema,
  documentResponseSchema,
]);
export type InterventionResponse = z.infer<typeof interventionResponseSchema>;
