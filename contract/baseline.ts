import { z } from 'zod';
import {
  associationOrderSchema,
  gridSchema,
  LIMITS,
  modalitySchema,
  objectsSchema,
  seedSchema,
  vocabularySchema,
  bounded,
} from '../task/spec.ts';
import { API_LIMITS } from './limits.ts';
import { unpackBits } from './bitset.ts';
import { proportionSchema } from './card.ts';
import { MECHANISMS } from './probe-results.ts';
import { modelReferenceSchema } from './model-reference.ts';
import { addContradictions } from './baseline-contradictions.ts';
import { sha256Schema } from './recipe.ts';
import { SCHEMA_ADDRESSES } from './schema-addresses.ts';

/** The measured behaviour of a known-good deployment: a file in git that checks compare against. */

const count = z.number().int().min(0);

/** What a check tolerates. Users may edit these values in the file. */
export const tolerancesSchema = z.strictObject({
  /** Probability that a check of an unchanged model fails, over all its tests (Holm). */
  alpha: z.number().gt(0).lt(1).default(0.05),
  /** Smallest drop in accuracy that can fail, as a share of the queries of one test. */
  minimumEffect: z.number().min(0).max(1).default(0.02),
  /** Smallest drop in the symbolic share at the peak layer that can fail. */
  minimumShift: z.number().min(0).max(1).default(0.2),
  /** Largest ratio of the median latencies; null: latency is reported and never fails. */
  latencyRatio: z.number().gt(1).nullable().default(null),
  /** Whether a changed model file alone fails the check. */
  digests: z.enum(['report', 'fail']).default('report'),
});
export type Tolerances = z.infer<typeof tolerancesSchema>;

/** See `packBits`. */
const bitsSchema = z.base64();

export const recordedPointSchema = z
  .strictObject({
    objects: objectsSchema,
    correct: count,
    count: count.min(1),
    correctBits: bitsSchema,
    /** Digest of the queries, which detects that a changed generator makes other ones. */
    queries: z.string().regex(/^[0-9a-f]{16}$/),
  })
  .superRefine(({ correct, count, correctBits }, context) => {
    const outcomes = unpackBits(correctBits, count);
    if (outcomes?.filter(Boolean).length === correct) return;
    const message = `correctBits must be ${count} bits, ${correct} of them set`;
    context.addIssue({ code: 'custom', path: ['correctBits'], message });
  });
export type RecordedPoint = z.infer<typeof recordedPointSchema>;

export const recordedMechanismSchema = z.strictObject({
  objects: objectsSchema,
  pairs: count,
  /** Pairs that the model answers correctly without a patch; the counts below are of these. */
  solved: count,
  peakLayer: count,
  positional: count,
  symbolic: count,
  mechanism: z.enum(MECHANISMS),
});
export type RecordedMechanism = z.infer<typeof recordedMechanismSchema>;

const detectableLoss = z.number().min(0).max(1).nullable();

export const recordedConditionSchema = z.strictObject({
  modality: modalitySchema,
  order: associationOrderSchema,
  id: proportionSchema.nullable(),
  ood: proportionSchema.nullable(),
  byObjects: z.array(recordedPointSchema).min(1),
  /** By interchange interventions; null where it was not measured. */
  mechanism: recordedMechanismSchema.nullable(),
  /**
   * Smallest losses of accuracy that a check detects, when this was recorded (`sensitivity`); null where it detects
   * none. For information: a check computes them again.
   */
  detectableLoss: z
    .strictObject({
      id: detectableLoss,
      ood: detectableLoss,
      /** In the order of the points. */
      byObjects: z.array(detectableLoss),
    })
    .optional(),
});
export type RecordedCondition = z.infer<typeof recordedConditionSchema>;

export const latencySchema = z.strictObject({
  /** Requests of one query each, one after another, warm. */
  requests: count.min(1),
  p50: z.number().min(0).meta({ description: 'Milliseconds' }),
  p95: z.number().min(0).meta({ description: 'Milliseconds' }),
});
export type Latency = z.infer<typeof latencySchema>;

export const recordedModelSchema = z.strictObject({
  /** An id, or one version of a model, such as `text-only@canary`. */
  id: modelReferenceSchema,
  /** sha256 of the files that answered. */
  digests: z.strictObject({ model: sha256Schema, encoder: sha256Schema.nullable() }),
  vocabulary: vocabularySchema,
  grid: gridSchema,
  latency: latencySchema,
  conditions: z.array(recordedConditionSchema).min(1),
});
export type RecordedModel = z.infer<typeof recordedModelSchema>;

/** The queries that every model answers. */
export const planSchema = z.strictObject({
  split: z.literal('test'),
  seed: seedSchema,
  objects: z
    .array(objectsSchema)
    .min(1, 'objects must have at least 1 entry')
    .max(LIMITS.objects, `objects must have at most ${LIMITS.objects} entries`)
    .refine((list) => new Set(list).size === list.length, 'objects must not repeat an entry')
    .meta({ uniqueItems: true }),
  /** Queries for each number of objects. */
  queries: bounded('queries', 1, API_LIMITS.queriesPerCount),
  /** Most questions about one scene; with 1, queries are independent, as the tests assume. */
  questionsPerScene: bounded('questionsPerScene', 1, API_LIMITS.questionsPerScene),
  /** Pairs of the interchange sweep; 0 skips the mechanism. */
  pairs: bounded('pairs', 0, API_LIMITS.pairsPerSweep),
  /** Requests that latency is measured over. */
  requests: bounded('requests', 1, 1000),
});
export type Plan = z.infer<typeof planSchema>;

/** Which bindscope recorded or checked. */
export const codeSchema = z.strictObject({
  version: z.string(),
  /** Commit of its checkout; null where it runs from elsewhere, such as an installed package. */
  commit: z.string().nullable(),
});
export type CodeVersion = z.infer<typeof codeSchema>;

export const baselineSchema = z
  .strictObject({
    $schema: z.literal(SCHEMA_ADDRESSES.baseline).optional(),
    schema: z.literal(1),
    /** Where it was recorded: a URL or a folder, as the user gave it. */
    source: z.string(),
    recorded: z.iso.datetime(),
    /** Absent in baselines of older versions. */
    code: codeSchema.optional(),
    tolerances: tolerancesSchema,
    /** What the detectable losses were computed with. */
    sensitivity: z
      .strictObject({
        power: z.number().gt(0).lt(1),
        /** alpha over the number of tests */
        threshold: z.number().gt(0).lt(1),
        /** Assumed share of the queries that become correct while others are lost. */
        flipRate: z.number().min(0).max(1),
      })
      .optional(),
    plan: planSchema,
    models: z.array(recordedModelSchema).min(1, 'models must have at least 1 entry'),
  })
  // Also where other parts are invalid, so that all faults are listed at once.
  .superRefine(addContradictions, { when: () => true });
export type Baseline = z.infer<typeof baselineSchema>;
