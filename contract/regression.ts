import { z } from 'zod';
import { associationOrderSchema, modalitySchema, objectsSchema } from '../task/spec.ts';
import { latencySchema, tolerancesSchema } from './baseline.ts';
import { modelReferenceSchema } from './model-reference.ts';

/** What a check found: `bindscope check --json`. */

const conditionSchema = { modality: modalitySchema, order: associationOrderSchema };
const countedSchema = z.object({ correct: z.number().int(), count: z.number().int() });

/** `changed`: other answers, but no more than the tolerances allow. */
export const TEST_VERDICTS = ['same', 'changed', 'improved', 'regressed'] as const;

export const testSchema = z.object({
  model: modelReferenceSchema,
  ...conditionSchema,
  /** Accuracy at one number of objects, of all up to 8, of all beyond; or the symbolic share. */
  metric: z.enum(['objects', 'id', 'ood', 'symbolic']),
  objects: objectsSchema.nullable(),
  before: countedSchema,
  after: countedSchema,
  /** Share after less share before. */
  difference: z.number(),
  /** Queries that were right and are wrong, and the other way round; null where not paired. */
  regressed: z.number().int().nullable(),
  fixed: z.number().int().nullable(),
  /** Exact McNemar; Fisher's for the symbolic share. */
  pValue: z.number(),
  /** Holm's correction over all tests of the check. */
  adjustedPValue: z.number(),
  verdict: z.enum(TEST_VERDICTS),
});
export type RegressionTest = z.infer<typeof testSchema>;

export const flipSchema = z.object({
  model: modelReferenceSchema,
  /** `GET /v1/queries/{query}` shows it. */
  query: z.string(),
  before: z.boolean(),
  after: z.boolean(),
  /** The token that is answered now. */
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
  /** A failure makes the check fail. */
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
