import { z } from 'zod';
import {
  associationOrderSchema,
  modalitySchema,
  objectsSchema,
  questionSchema,
  bounded,
} from '../task/spec.ts';
import { compareResponseSchema, compareSchema } from './comparisons.ts';
import { proportionSchema } from './card.ts';
import { figureParameters } from './theme-locale.ts';
import { modelReferenceSchema } from './model-reference.ts';
import { sha256Schema } from './recipe.ts';
import { checkReportSchema } from './regression.ts';
import { inUrl, timeSchema } from './url-parameters.ts';

/** Stored runs: comparisons that the server makes, and reports of checks that clients send. */

export const HISTORY_LIMITS = {
  runsPerPage: 100,
  points: 500,
  label: 120,
  /** Days after which a saved run is deleted. */
  keptDays: 400,
  /** Room for a report with many changed answers; a row of D1 has at most twice as much. */
  bodyBytes: 2 ** 20,
} as const;

export const RUN_KINDS = ['comparison', 'check'] as const;
const runIdSchema = z
  .string()
  .regex(/^[0-9a-z]{9}-[0-9a-f]{16}$/, 'a run id must have the form 0mih1ad8w-3f9c02b7d14e5a68');

const digestsSchema = z.record(modelReferenceSchema, sha256Schema).meta({
  description: 'sha256 of the model files that answered.',
});

export const labelSchema = z
  .string()
  .min(1, 'a label must have at least 1 character')
  .max(HISTORY_LIMITS.label, `a label must have at most ${HISTORY_LIMITS.label} characters`)
  .meta({ description: 'What it is about, such as a branch or a commit.' });

// --- Runs -------------------------------------------------------------------------------------------

export const runSummarySchema = z.object({
  id: runIdSchema,
  kind: z.enum(RUN_KINDS),
  created: z.iso.datetime(),
  label: labelSchema.nullable(),
  code: z.string().meta({ description: 'Hash of the code of the server that stored the run.' }),
  digests: digestsSchema,
});
export type RunSummary = z.infer<typeof runSummarySchema>;

const comparisonRunSchema = runSummarySchema.extend({
  kind: z.literal('comparison'),
  request: compareSchema,
  result: compareResponseSchema,
});
const checkRunSchema = runSummarySchema.extend({
  kind: z.literal('check'),
  request: z.null(),
  result: checkReportSchema.meta({ description: 'The output of `bindscope check --json`.' }),
});

export const runSchema = z.discriminatedUnion('kind', [comparisonRunSchema, checkRunSchema]);
export type Run = z.infer<typeof runSchema>;

export const saveRunRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('comparison'),
    label: labelSchema.optional(),
    request: compareSchema.meta({ description: 'The parameters of `/v1/compare`, as JSON.' }),
  }),
  z.strictObject({
    kind: z.literal('check'),
    label: labelSchema.optional(),
    digests: digestsSchema,
    report: checkReportSchema,
  }),
]);
export type SaveRunRequest = z.infer<typeof saveRunRequestSchema>;

export const IDEMPOTENCY_HEADER = 'idempotency-key';

export const saveRunHeadersSchema = z.object({
  [IDEMPOTENCY_HEADER]: z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, 'an idempotency key must be 1 to 128 visible ASCII characters')
    .optional()
    .meta({
      description:
        'The same request with the same key is stored once; a repetition gets the stored run.',
    }),
});

export const saveRunResponseSchema = z.object({
  saved: z.boolean().meta({ description: 'Whether the run is stored, at `/v1/runs/{id}`.' }),
  reason: z
    .string()
    .nullable()
    .meta({ description: 'Why the run is not stored; its result is valid nevertheless.' }),
  run: runSchema,
});
export type SaveRunResponse = z.infer<typeof saveRunResponseSchema>;

export const runPathSchema = z.object({
  id: runIdSchema.meta({ example: '0mih1ad8w-3f9c02b7d14e5a68' }),
});

export const listRunsSchema = z.strictObject({
  kind: z.enum(RUN_KINDS).optional(),
  limit: inUrl(bounded('limit', 1, HISTORY_LIMITS.runsPerPage)).default(20),
  before: runIdSchema.optional().meta({ description: 'The last run of the previous page.' }),
  label: labelSchema.optional().meta({ description: 'Runs with exactly this label.' }),
  model: modelReferenceSchema.optional().meta({ description: 'Runs of this model.' }),
  from: timeSchema('from').optional(),
  to: timeSchema('to').optional().meta({ description: 'Runs before this time.' }),
});

export const runListSchema = z.object({
  runs: z.array(runSummarySchema).meta({ description: 'Newest first.' }),
  next: z
    .string()
    .nullable()
    .meta({ description: 'The address of the next page; null on the last one.' }),
});

// --- Trends -----------------------------------------------------------------------------------------

export const METRICS = ['objects', 'id', 'ood', 'symbolic'] as const;

export const trendSchema = z.strictObject({
  model: modelReferenceSchema.meta({ example: 'text-only' }),
  metric: z
    .enum(METRICS)
    .default('ood')
    .meta({
      description:
        'Accuracy with up to 8 objects (id), with more (ood), or with one number of objects (objects); or ' +
        'the symbolic share of interchange interventions (symbolic).',
    }),
  objects: inUrl(objectsSchema).optional().meta({
    description: 'Number of objects; required with the metric objects, not allowed with others.',
  }),
  modality: modalitySchema.default('text'),
  order: associationOrderSchema.default('context'),
  question: questionSchema.default('indirect'),
  limit: inUrl(bounded('limit', 1, HISTORY_LIMITS.points)).default(100),
});
export type TrendRequest = z.output<typeof trendSchema>;

export const trendPlotSchema = trendSchema.strip().extend(figureParameters);

export const trendPointSchema = proportionSchema.extend({
  run: runIdSchema,
  created: z.iso.datetime(),
  label: z.string().nullable(),
  digest: sha256Schema.nullable(),
});
export type TrendPoint = z.infer<typeof trendPointSchema>;

export const trendResponseSchema = z.object({
  ...trendSchema.omit({ limit: true }).shape,
  points: z.array(trendPointSchema).meta({ description: 'The latest points, oldest first.' }),
});
export type Trend = z.infer<typeof trendResponseSchema>;
