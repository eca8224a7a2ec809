import { z } from 'zod';
import {
  associationOrderSchema,
  gridSchema,
  LIMITS,
  modalitySchema,
  objectsSchema,
  seedSchema,
  vocabularySchema,
} from '../task/spec.ts';
import { API_LIMITS, bounded } from './api.ts';
import { unpackBits } from './bitset.ts';
import { proportionSchema } from './card.ts';
import { MECHANISMS } from './interventions.ts';
import { modelReferenceSchema } from './model-reference.ts';
import { sha256Schema } from './recipe.ts';

/** What a deployment could do when it was good: a file that is kept in git and checked against. */

const count = z.number().int().min(0);

/** What a check lets pass. Whoever keeps the file may edit these by hand. */
export const tolerancesSchema = z.strictObject({
  /** Probability of a false alarm of a whole check, over all its tests (Holm). */
  alpha: z.number().gt(0).lt(1).default(0.05),
  /** Least loss of accuracy that counts, as a share of the queries of one test. */
  minimumEffect: z.number().min(0).max(1).default(0.02),
  /** Least loss of the symbolic share at the peak layer that counts. */
  minimumShift: z.number().min(0).max(1).default(0.2),
  /** Most that the median latency may grow, as a ratio; null: it is told and never fails. */
  latencyRatio: z.number().gt(1).nullable().default(null),
  /** Whether another model file under the same name fails by itself. */
  digests: z.enum(['report', 'fail']).default('report'),
});
export type Tolerances = z.infer<typeof tolerancesSchema>;

/** Right or wrong, query by query: bits, the first query's the highest of the first byte, as base64. */
const bitsSchema = z.base64();

export const recordedPointSchema = z
  .strictObject({
    objects: objectsSchema,
    correct: count,
    count: count.positive(),
    correctBits: bitsSchema,
    /** The queries' own digest, so that those of another generator are never taken for the same. */
    queries: z.string().regex(/^[0-9a-f]{16}$/),
  })
  .superRefine(({ correct, count, correctBits }, context) => {
    const outcomes = unpackBits(correctBits, count);
    if (outcomes?.filter(Boolean).length === correct) return;
    context.addIssue({ code: 'custom', path: ['bits'], message: 'bits and counts disagree' });
  });
export type RecordedPoint = z.infer<typeof recordedPointSchema>;

export const recordedMechanismSchema = z.strictObject({
  objects: objectsSchema,
  pairs: count,
  /** Pairs that the model solves when left alone; the counts are of these. */
  solved: count,
  peakLayer: count,
  positional: count,
  symbolic: count,
  mechanism: z.enum(MECHANISMS),
});
export type RecordedMechanism = z.infer<typeof recordedMechanismSchema>;

export const recordedConditionSchema = z.strictObject({
  modality: modalitySchema,
  order: associationOrderSchema,
  id: proportionSchema.nullable(),
  ood: proportionSchema.nullable(),
  byObjects: z.array(recordedPointSchema).min(1),
  /** By interchange interventions; null where it was not measured. */
  mechanism: recordedMechanismSchema.nullable(),
});
export type RecordedCondition = z.infer<typeof recordedConditionSchema>;

export const latencySchema = z.strictObject({
  /** Requests of one query each, one after another, warm. */
  requests: count.positive(),
  p50: z.number().min(0).meta({ description: 'Milliseconds' }),
  p95: z.number().min(0).meta({ description: 'Milliseconds' }),
});
export type Latency = z.infer<typeof latencySchema>;

export const recordedModelSchema = z.strictObject({
  /** As the API knows it: an id, or one version of it, such as `text-only@canary`. */
  id: modelReferenceSchema,
  /** sha256 of the files that answered. */
  digests: z.strictObject({ model: sha256Schema, encoder: sha256Schema.nullable() }),
  vocabulary: vocabularySchema,
  grid: gridSchema,
  latency: latencySchema,
  conditions: z.array(recordedConditionSchema).min(1),
});
export type RecordedModel = z.infer<typeof recordedModelSchema>;

/** What is asked of every model. */
export const planSchema = z.strictObject({
  split: z.literal('test'),
  seed: seedSchema,
  objects: z
    .array(objectsSchema)
    .min(1, 'name at least 1 number of objects')
    .max(LIMITS.objects)
    .refine((list) => new Set(list).size === list.length, 'objects must not name one twice'),
  /** Queries for each number of objects. */
  queries: bounded('queries', 1, API_LIMITS.queriesPerCount),
  /** Most questions about one scene; with 1 they are as independent as the tests assume. */
  questionsPerScene: bounded('questionsPerScene', 1, API_LIMITS.questionsPerScene),
  /** Pairs of the interchange sweep; 0 leaves the mechanism out. */
  pairs: bounded('pairs', 0, API_LIMITS.pairsPerSweep),
  /** Requests that latency is measured over. */
  requests: bounded('requests', 1, 1000),
});
export type Plan = z.infer<typeof planSchema>;

export const baselineSchema = z.strictObject({
  schema: z.literal(1),
  /** Where it was recorded: a URL or a folder, as it was given. */
  source: z.string(),
  recorded: z.iso.datetime(),
  tolerances: tolerancesSchema,
  plan: planSchema,
  models: z.array(recordedModelSchema),
});
export type Baseline = z.infer<typeof baselineSchema>;
