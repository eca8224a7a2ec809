import { z } from 'zod';
import {
  associationOrderSchema,
  modalitySchema,
  objectsSchema,
  questionSchema,
} from '../task/spec.ts';
import { bounded, compareResponseSchema, compareSchema } from './api.ts';
import { proportionSchema } from './card.ts';
import { themeParameter } from './theme-locale.ts';
import { modelReferenceSchema } from './model-reference.ts';
import { sha256Schema } from './recipe.ts';
import { checkReportSchema } from './regression.ts';

/** Runs that are kept: comparisons that the server makes, and checks that a client has made. */

export const HISTORY_LIMITS = {
  runsPerPage: 100,
  points: 500,
  label: 120,
  /** A report with many changed answers; a row of D1 may have twice as much. */
  bodyBytes: 2 ** 20,
} as const;

export const RUN_KINDS = ['comparison', 'check'] as const;
const runIdSchema = z.string().regex(/^[0-9a-z]{9}-[0-9a-f]{16}$/, 'there are no such runs');

const digestsSchema = z.record(modelReferenceSchema, sha256Schema).meta({
  description: 'sha256 of the model files that answered.',
});

const labelSchema = z
  .string()
  .min(1)
  .max(HISTORY_LIMITS.label, `a label has up to ${HISTORY_LIMITS.label} characters`)
  .meta({ description: 'What the run was for; a branch or a commit, say.' });

// --- Runs -------------------------------------------------------------------------------------------

export const runSummarySchema = z.object({
  id: runIdSchema,
  kind: z.enum(RUN_KINDS),
  created: z.iso.datetime(),
  label: labelSchema.nullable(),
  code: z.string().meta({ description: 'Hash of the code of the server that kept it.' }),
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
  result: checkReportSchema.meta({ description: 'What `bindscope check --json` reports.' }),
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
    .regex(/^[\x21-\x7e]{1,128}$/, 'a key is 1 to 128 visible characters')
    .optional()
    .meta({ description: 'The same request under the same key is kept once, and told again.' }),
});

export const saveRunResponseSchema = z.object({
  saved: z.boolean().meta({ description: 'Whether `/v1/runs/{id}` will have it.' }),
  reason: z
    .string()
    .nullable()
    .meta({ description: 'Why it was not kept; the result holds all the same.' }),
  run: runSchema,
});
export type SaveRunResponse = z.infer<typeof saveRunResponseSchema>;

export const runPathSchema = z.object({
  id: runIdSchema.meta({ example: '0mih1ad8w-3f9c02b7d14e5a68' }),
});

const numeral = (text: unknown) =>
  typeof text === 'string' && /^\d{1,6}$/.test(text) ? Number(text) : text;

export const listRunsSchema = z.strictObject({
  kind: z.enum(RUN_KINDS).optional(),
  limit: z.preprocess(numeral, bounded('limit', 1, HISTORY_LIMITS.runsPerPage)).default(20),
  before: runIdSchema.optional().meta({ description: 'The last run of the page before.' }),
});

export const runListSchema = z.object({
  runs: z.array(runSummarySchema).meta({ description: 'The latest first.' }),
  next: z.string().nullable().meta({ description: 'The page after this one, if there is one.' }),
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
        'Accuracy up to 8 objects (id), beyond (ood) or at one number of them (objects); or the ' +
        'symbolic share of interchange interventions.',
    }),
  objects: z.preprocess(numeral, objectsSchema).optional().meta({
    description: 'Which number of objects; for the metric objects alone.',
  }),
  modality: modalitySchema.default('text'),
  order: associationOrderSchema.default('context'),
  question: questionSchema.default('indirect'),
  limit: z.preprocess(numeral, bounded('limit', 1, HISTORY_LIMITS.points)).default(100),
});
export type TrendRequest = z.output<typeof trendSchema>;

export const trendPlotSchema = trendSchema.extend({ theme: themeParameter });

export const trendPointSchema = proportionSchema.extend({
  run: runIdSchema,
  created: z.iso.datetime(),
  label: z.string().nullable(),
  digest: sha256Schema.nullable(),
});
export type TrendPoint = z.infer<typeof trendPointSchema>;

export const trendResponseSchema = z.object({
  ...trendSchema.omit({ limit: true }).shape,
  points: z.array(trendPointSchema).meta({ description: 'The latest so many, the oldest first.' }),
});
export type Trend = z.infer<typeof trendResponseSchema>;
