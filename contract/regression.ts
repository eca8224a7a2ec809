import { z } from 'zod';
import { associationOrderSchema, modalitySchema, objectsSchema } from '../task/spec.ts';
import { latencySchema, tolerancesSchema } from './baseline.ts';
import { modelReferenceSchema } from './model-reference.ts';

/** The report of a check: `bindscope check --json`. */

const conditionSchema = { modality: modalitySchema, order: associationOrderSchema };
const countedSchema = z.object({ correct: z.number().int(), count: z.number().int() });

/** `changed`: some answers differ, within the tolerances. */
export const TEST_VERDICTS = ['same', 'changed', 'improved', 'regressed'] as const;

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
] as const;

export const findingSchema = z.object({
  /** `failure` makes the check fail. */
  level: z.enum(['failure', 'notice']),
  kind: z.enum(FINDING_KINDS),
  model: modelReferenceSchema,
  message: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;

export const checkReportSchema = z.object({
  schema: z.literal(1),
  verdict: z.enum(['pass', 'regression']),
  before: z.object({ source: z.string(), recorded: z.string() }),
  after: z.object({ source: z.string(), recorded: z.string() }),
  tolerances: tolerancesSchema,
  findings: z.array(findingSchema),
  tests: z.array(testSchema),
  flips: z.array(flipSchema),
  latency: z.array(
    z.object({ model: modelReferenceSchema, before: latencySchema, after: latencySchema }),
  ),
});
export type CheckReport = z.infer<typeof checkReportSchema>;
