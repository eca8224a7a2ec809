import { z } from 'zod';
import { associationOrderSchema, modalitySchema, objectsSchema } from '../task/spec.ts';
import { codeSchema, latencySchema, tolerancesSchema } from './baseline.ts';
import { modelReferenceSchema } from './model-reference.ts';
import { SCHEMA_ADDRESSES } from './schema-addresses.ts';

/** The report of a check: `bindscope check --json`. */

const conditionSchema = { modality: modalitySchema, order: associationOrderSchema };
const countedSchema = z.object({ correct: z.number().int(), count: z.number().int() });

/**
 * `changed`: some answers differ, within the tolerances; `insufficient`: even the loss of every correct answer would by
 * itself not have failed.
 */
export const TEST_VERDICTS = ['same', 'changed', 'improved', 'regressed', 'insufficient'] as const;

const share = z.number().min(0).max(1);

export const testSchema = z.object({
  model: modelReferenceSchema,
  ...conditionSchema,
  /** Accuracy with one number of objects, with up to 8, with more; or the symbolic share. */
  metric: z.enum(['objects', 'id', 'ood', 'symbolic']),
  objects: objectsSchema.nullable(),
  before: countedSchema,
  after: countedSchema,
  /** Share after minus share before. */
  difference: z.number(),
  /** Queries that are no longer correct, and that are newly correct; null where not paired. */
  regressed: z.number().int().nullable(),
  fixed: z.number().int().nullable(),
  /** Exact McNemar test; Fisher's exact test for the symbolic share. */
  pValue: z.number(),
  /** Holm's correction over all tests of the check. */
  adjustedPValue: z.number(),
  verdict: z.enum(TEST_VERDICTS),
  /** Share of the queries that changed in each of the two directions: min(regressed, fixed) / count. */
  flipRate: share.nullable(),
  /**
   * Smallest loss of accuracy that this test detects with the power and the threshold of `sensitivity`, at the flip
   * rate; null where it detects none so often, and for the symbolic share.
   */
  detectableLoss: share.nullable(),
  /** Time that the queries of this test took; 0 for those that pool others. */
  seconds: z.number().min(0),
});
export type RegressionTest = z.infer<typeof testSchema>;

export const flipSchema = z.object({
  model: modelReferenceSchema,
  /** Name of the query; `GET /v1/queries/{query}` shows it. */
  query: z.string(),
  before: z.boolean(),
  after: z.boolean(),
  /** The present answer. */
  answer: z.string(),
});
export type Flip = z.infer<typeof flipSchema>;

export const FINDING_KINDS = [
  'model-missing',
  'model-unavailable',
  'model-incompatible',
  'model-broken',
  'model-added',
  'digest',
  'latency',
  'mechanism',
  'cannot-fail',
  'cannot-detect',
  'baseline-age',
  'baseline-code',
] as const;

export const findingSchema = z.object({
  /** `failure` makes the verdict a regression; `insufficient` makes it insufficient, where nothing failed. */
  level: z.enum(['failure', 'insufficient', 'notice']),
  kind: z.enum(FINDING_KINDS),
  /** null where the finding is about the baseline. */
  model: modelReferenceSchema.nullable(),
  message: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;

export const CHECK_VERDICTS = ['pass', 'regression', 'insufficient'] as const;

const recordedSchema = z.object({
  source: z.string(),
  recorded: z.string(),
  /** The code that recorded it; null where a baseline does not say. */
  code: codeSchema.nullable(),
});

export const checkReportSchema = z.object({
  $schema: z.literal(SCHEMA_ADDRESSES.checkReport),
  verdict: z.enum(CHECK_VERDICTS),
  before: recordedSchema,
  after: recordedSchema,
  tolerances: tolerancesSchema,
  /** What `detectableLoss` of the tests means. */
  sensitivity: z.object({
    /** Probability that a loss of this size is detected. */
    power: share,
    /** Largest p-value that always fails: alpha over the number of tests, the strictest step of Holm's correction. */
    threshold: share,
    /** The loss that the check was asked to detect; null where it was asked for none. */
    minimumDetectable: share.nullable(),
  }),
  findings: z.array(findingSchema),
  tests: z.array(testSchema),
  flips: z.array(flipSchema),
  latency: z.array(
    z.object({ model: modelReferenceSchema, before: latencySchema, after: latencySchema }),
  ),
});
export type CheckReport = z.infer<typeof checkReportSchema>;
