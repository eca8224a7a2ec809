import { z } from 'zod';
import { bounded } from '../task/spec.ts';
import { compareResponseSchema, compareSchema, pairedComparisonSchema } from './comparisons.ts';
import { labelSchema } from './history.ts';
import { sweepSchema } from './interventions.ts';
import { attentionCutSchema, knockoutResponseSchema } from './knockouts.ts';
import { MIN_PAIR_OBJECTS } from './pair-objects.ts';
import { modelReferenceSchema } from './model-reference.ts';
import { sha256Schema } from './recipe.ts';
import { sweepTallySchema } from './sweep-tallies.ts';
import { inUrl, timeSchema } from './url-parameters.ts';

/** Evaluations: comparisons of any length, which a deployment computes in steps and keeps. */

export const EVALUATION_LIMITS = {
  queriesPerCount: 100_000,
  /** Models times numbers of objects times queries: their outcomes fit into the memory of an isolate. */
  outcomes: 2_000_000,
  /** Of a sweep, for each model and number of objects. */
  sweepPairs: 10_000,
  /** Of a knockout, for each model and number of objects. */
  knockoutQueries: 10_000,
  cuts: 16,
  /** Of all sweeps and knockouts as JSON: a row of D1 has 2,000,000 at most, and a comparison takes some 720,000. */
  probeBytes: 1_000_000,
  /** A workflow has at most 10,000 steps, on the paid plan. */
  parts: 9000,
  /** Days after which an evaluation is deleted. */
  keptDays: 90,
  /** Minutes without a stored part after which another workflow continues. */
  stalledMinutes: 15,
  perPage: 100,
} as const;

export const EVALUATION_STATES = ['queued', 'running', 'done', 'failed'] as const;

const stateSchema = z.enum(EVALUATION_STATES, {
  error: `state must be one of ${EVALUATION_STATES.join(', ')}`,
});

const evaluationIdSchema = z
  .string()
  .regex(/^[0-9a-f]{32}$/, 'an evaluation id must have 32 digits of 0-9 and a-f');

/** The parameters of a comparison, with more queries. */
export const evaluationRequestSchema = compareSchema.extend({
  queries: inUrl(bounded('queries', 1, EVALUATION_LIMITS.queriesPerCount))
    .default(1000)
    .meta({ description: 'Queries for each number of objects.' }),
  sweepPairs: inUrl(bounded('sweepPairs', 1, EVALUATION_LIMITS.sweepPairs))
    .optional()
    .meta({
      description:
        'Adds a sweep of every layer over so many pairs (`POST /v1/interventions`), for each model and each number of ' +
        `objects from ${MIN_PAIR_OBJECTS}: test scenes with the seed, modality and order of the request.`,
    }),
  knockouts: z
    .strictObject({
      cuts: z
        .array(attentionCutSchema)
        .min(1, 'knockouts must have at least 1 cut')
        .max(EVALUATION_LIMITS.cuts, `knockouts must have at most ${EVALUATION_LIMITS.cuts} cuts`),
      queries: bounded('queries', 1, EVALUATION_LIMITS.knockoutQueries).default(1000),
    })
    .optional()
    .meta({
      description:
        'Adds a knockout of each cut over so many queries (`POST /v1/knockouts`), for each model and each number of ' +
        'objects: test scenes with the seed, modality and order of the request.',
    }),
  label: labelSchema.optional().meta({
    description:
      'What it is about, such as a branch or a commit. It is no part of what is computed: an equal request with ' +
      'another label finds the evaluation and replaces its label.',
  }),
});
export type EvaluationRequest = z.output<typeof evaluationRequestSchema>;

export const evaluationSummarySchema = z
  .object({
    id: evaluationIdSchema.meta({
      description:
        'A hash of the request, the model files and the code: the same request has the same id.',
    }),
    state: stateSchema,
    label: labelSchema.nullable(),
    created: z.iso.datetime(),
    finished: z.iso.datetime().nullable(),
    expires: z.iso.datetime().meta({ description: 'When it will be deleted.' }),
    code: z.string().meta({ description: 'Hash of the code that answers.' }),
    digests: z.record(modelReferenceSchema, sha256Schema).meta({
      description: 'sha256 of the model files that answer.',
    }),
    progress: z
      .object({
        done: z.number().int().min(0),
        total: z.number().int().min(1),
      })
      .meta({ description: 'Parts of the work.' }),
    error: z.string().nullable().meta({ description: 'Why it failed.' }),
  })
  .meta({ id: 'EvaluationSummary' });
export type EvaluationSummary = z.infer<typeof evaluationSummarySchema>;

export const evaluationResourceSchema = evaluationSummarySchema
  .extend({
    request: evaluationRequestSchema.omit({ label: true }),
    result: compareResponseSchema.nullable().meta({
      description:
        'The result, as one comparison of `/v1/compare` would have it; null until it is done.',
    }),
    sweeps: z.array(sweepSchema).nullable().meta({
      description:
        'The sweeps, as one request of all pairs would have them; null until it is done. Empty without `sweepPairs`.',
    }),
    knockouts: z.array(knockoutResponseSchema).nullable().meta({
      description:
        'The knockouts, as one request of all queries would have them; null until it is done. Empty without `knockouts`.',
    }),
  })
  .meta({ id: 'Evaluation' });
export type EvaluationResource = z.infer<typeof evaluationResourceSchema>;

export const evaluationPathSchema = z.object({
  id: evaluationIdSchema.meta({ example: '0123456789abcdef0123456789abcdef' }),
});

export const listEvaluationsSchema = z.strictObject({
  state: stateSchema.optional(),
  label: labelSchema.optional().meta({ description: 'Evaluations with exactly this label.' }),
  model: modelReferenceSchema.optional().meta({ description: 'Evaluations of this model.' }),
  from: timeSchema('from').optional(),
  to: timeSchema('to').optional().meta({ description: 'Evaluations started before this time.' }),
  limit: inUrl(bounded('limit', 1, EVALUATION_LIMITS.perPage)).default(20),
  before: z
    .string()
    .regex(/^[\dTZ:.-]{20,30}_[0-9a-f]{32}$/, 'before must be that of the address of a next page')
    .optional()
    .meta({ description: 'The last evaluation of the previous page: its start, `_` and its id.' }),
});

export const evaluationListSchema = z.object({
  evaluations: z.array(evaluationSummarySchema).meta({ description: 'Newest first.' }),
  next: z
    .string()
    .nullable()
    .meta({ description: 'The address of the next page; null on the last one.' }),
});

export const deletedEvaluationSchema = z.object({
  id: evaluationIdSchema,
  state: stateSchema.meta({ description: 'The state before the deletion.' }),
});

export const compareEvaluationsSchema = z.strictObject({
  a: evaluationIdSchema.meta({ example: '0123456789abcdef0123456789abcdef' }),
  b: evaluationIdSchema.meta({ example: 'fedcba9876543210fedcba9876543210' }),
});

/** Models are named by id and digest. */
export const comparedEvaluationsSchema = pairedComparisonSchema;

/** A line of the stream: the progress, and in the last line the evaluation. */
export const evaluationEventSchema = z
  .discriminatedUnion('event', [
    z.object({ event: z.literal('progress'), evaluation: evaluationSummarySchema }),
    z.object({ event: z.literal('end'), evaluation: evaluationResourceSchema }),
  ])
  .meta({ id: 'EvaluationEvent' });
export type EvaluationEvent = z.infer<typeof evaluationEventSchema>;

const outcomesSchema = z.base64().meta({
  description:
    'One bit for each query, 1 where the answer is correct; the first query has the highest bit of the first byte.',
});

/** A line of an export: the evaluation, then what each part found, in the order of models, objects and queries. */
export const exportedEvaluationSchema = z
  .discriminatedUnion('event', [
    z.object({ event: z.literal('evaluation'), evaluation: evaluationResourceSchema }),
    z.object({
      event: z.literal('outcomes'),
      model: modelReferenceSchema,
      objects: z.number().int(),
      queries: z.number().int(),
      correct: outcomesSchema,
    }),
    z.object({
      event: z.literal('sweep'),
      model: modelReferenceSchema,
      objects: z.number().int(),
      tally: sweepTallySchema,
    }),
    z.object({
      event: z.literal('knockout'),
      model: modelReferenceSchema,
      objects: z.number().int(),
      cut: z.number().int().meta({ description: 'Index of the cut in the request.' }),
      queries: z.number().int(),
      correct: outcomesSchema,
      correctWithCut: outcomesSchema,
    }),
  ])
  .meta({ id: 'ExportedEvaluation' });
export type ExportedEvaluation = z.infer<typeof exportedEvaluationSchema>;
