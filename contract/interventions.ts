import { z } from 'zod';
import {
  associationOrderSchema,
  indexSchema,
  LIMITS,
  modalitySchema,
  objectsSchema,
  querySpecSchema,
  seedSchema,
} from '../task/spec.ts';
import {
  API_LIMITS,
  bounded,
  inlineQuerySchema,
  tokenProbabilitySchema,
  listInUrl,
  modelPathSchema,
  tokenSchema,
} from './api.ts';
import { proportionSchema } from './card.ts';
import { modelReferenceSchema } from './model-reference.ts';
import {
  interchangeSchema,
  ablationEffectSchema,
  OUTCOMES,
  outcomeSharesSchema,
  probeSectionSchema,
  PROBE_SECTIONS,
  probesSchema,
  TOKEN_GROUPS,
} from './probes.ts';

/** Every request and response of the HTTP API about what goes on inside a model, as data. */

/** Fewest objects of a pair: the one asked about, and one more for each mechanism. */
export const MIN_PAIR_OBJECTS = 4;
const pairObjectsError = `objects must be a whole number from ${MIN_PAIR_OBJECTS} to ${LIMITS.objects}`;
export const pairObjectsSchema = objectsSchema.min(MIN_PAIR_OBJECTS, pairObjectsError).meta({
  description: 'Objects in each scene.',
  example: 8,
});

/** What every kind of drawn scene is drawn by. */
const sceneSource = {
  seed: seedSchema.default(0),
  modality: modalitySchema.default('text'),
  order: associationOrderSchema.default('context'),
};

const answeredBySchema = modelReferenceSchema.meta({ description: 'As the request names it.' });
const digestSchema = z.string().meta({ description: 'sha256 of the model file that answered.' });
const summarySchema = z.string().meta({ description: 'The figures in words.' });

// --- Interventions --------------------------------------------------------------------------------

const layerSchema = z
  .number({ error: 'a layer is a whole number' })
  .int('a layer is a whole number')
  .min(0, 'layers count from 0')
  .meta({
    description:
      'The residual stream before this layer; as many as there are layers: after the last.',
  });

/** What is patched; one thing at a time, each on a run of its own. */
const patched = {
  layers: z
    .array(layerSchema)
    .max(64, 'patch at most 64 layers')
    .optional()
    .meta({ description: 'By default every layer, or none where heads are named.' }),
  positions: z
    .union([
      z.literal('asked'),
      z
        .array(z.number().int().min(0, 'positions count from 0'))
        .min(1, 'name at least 1 position')
        .max(
          API_LIMITS.positionsPerIntervention,
          `patch at most ${API_LIMITS.positionsPerIntervention} positions`,
        ),
    ])
    .default('asked')
    .meta({
      description: 'Indices of tokens, patched together; by default the last one, which answers.',
    }),
  heads: z
    .array(z.strictObject({ layer: layerSchema, head: z.number().int().min(0) }))
    .max(API_LIMITS.headsPerIntervention, `patch at most ${API_LIMITS.headsPerIntervention} heads`)
    .default([])
    .meta({ description: 'Attention heads whose outputs are patched, one at a time.' }),
};

const anyQuerySchema = z.union([z.string(), inlineQuerySchema]);

export const inlineInterventionSchema = z.strictObject({
  model: modelReferenceSchema,
  original: anyQuerySchema.meta({ description: 'The query that is answered, by name or in full.' }),
  counterfactual: anyQuerySchema.meta({
    description: 'The query whose activations are patched in, by name or in full.',
  }),
  ...patched,
});

export const generatedInterventionSchema = z.strictObject({
  model: modelReferenceSchema,
  pair: z
    .strictObject(
      { objects: pairObjectsSchema, index: indexSchema.default(0), ...sceneSource },
      {
        error: ({ input }) =>
          input === undefined
            ? 'give a pair, an original and a counterfactual, or a sweep'
            : undefined,
      },
    )
    .meta({ description: 'A pair in which each mechanism finds something else, drawn by seed.' }),
  ...patched,
});

const pairsError = `pairs must be a whole number from 1 to ${API_LIMITS.pairsPerSweep}`;
export const sweepRequestSchema = z.strictObject({
  model: modelReferenceSchema,
  sweep: z
    .strictObject({
      objects: pairObjectsSchema,
      pairs: bounded('pairs', 1, API_LIMITS.pairsPerSweep).default(32),
      ...sceneSource,
    })
    .meta({ description: `Many pairs, every layer. ${pairsError}.` }),
});

export const interventionRequestSchema = z
  .union([generatedInterventionSchema, inlineInterventionSchema, sweepRequestSchema])
  .meta({ example: { model: 'image-text', pair: { objects: 8, seed: 1 } } });

export type InlineIntervention = z.infer<typeof inlineInterventionSchema>;
export type GeneratedIntervention = z.infer<typeof generatedInterventionSchema>;
export type SweepRequest = z.infer<typeof sweepRequestSchema>;
export type InterventionRequest = z.infer<typeof interventionRequestSchema>;

const outcomeSchema = z.enum(OUTCOMES).meta({
  description: 'Whose candidate is the most probable of the items in the original; else mixed.',
});

const probabilitySchema = z.number().min(0).max(1);
const candidateProbabilitiesSchema = z
  .object({
    unchanged: probabilitySchema,
    positional: probabilitySchema,
    symbolic: probabilitySchema,
    reflexive: probabilitySchema,
  })
  .meta({ description: "Probability of each mechanism's item, among all tokens." });

const patchedAnswerSchema = z.object({
  answer: tokenProbabilitySchema.meta({ description: 'The most probable token of all.' }),
  outcome: outcomeSchema,
  probabilities: candidateProbabilitiesSchema,
  maxLogitDelta: z.number().meta({
    description: 'Largest change of a logit; 0 where the patch put back what stood there.',
  }),
});

const patchEffectSchema = patchedAnswerSchema.extend({
  control: patchedAnswerSchema.meta({
    description:
      'The same for a random direction of equal norm, which knows nothing of the mechanism.',
  }),
});
export type PatchEffect = z.infer<typeof patchEffectSchema>;

const candidateSchema = z.object({
  object: z.number().int().meta({ description: 'Its place in the original, counted from 0.' }),
  item: tokenSchema,
});

const unpatchedSchema = z.object({
  name: z.string().nullable().meta({ description: 'null where the query has no name.' }),
  text: z.string(),
  asked: tokenSchema,
  expected: tokenSchema.meta({ description: 'The right answer.' }),
  answer: tokenProbabilitySchema.meta({ description: "The model's answer when it is left alone." }),
});

export const interventionSchema = z
  .object({
    kind: z.literal('pair'),
    model: answeredBySchema,
    digest: digestSchema,
    original: unpatchedSchema.extend({ probabilities: candidateProbabilitiesSchema }),
    counterfactual: unpatchedSchema,
    solved: z.boolean().meta({
      description: 'Whether both answers are right; otherwise a patch says nothing of mechanisms.',
    }),
    candidates: z.object({
      unchanged: candidateSchema.meta({ description: "The original's own answer." }),
      positional: candidateSchema.meta({
        description: "What stands where the counterfactual's object stands.",
      }),
      symbolic: candidateSchema.meta({
        description: "What has the shape of the counterfactual's object.",
      }),
      reflexive: candidateSchema.meta({ description: "The counterfactual's own answer." }),
    }),
    positions: z.array(z.number().int()).meta({ description: 'Indices of the patched tokens.' }),
    layers: z.array(patchEffectSchema.extend({ layer: layerSchema })),
    heads: z.array(patchEffectSchema.extend({ layer: layerSchema, head: z.number().int() })),
  })
  .meta({ id: 'Intervention' });
export type Intervention = z.infer<typeof interventionSchema>;

export const sweepSchema = interchangeSchema
  .omit({ byPosition: true, byDistance: true })
  .extend({
    kind: z.literal('sweep'),
    model: answeredBySchema,
    digest: digestSchema,
    summary: summarySchema,
  })
  .meta({ id: 'Sweep' });
export type Sweep = z.infer<typeof sweepSchema>;

export const interventionResponseSchema = z.union([interventionSchema, sweepSchema]);
export type InterventionResponse = z.infer<typeof interventionResponseSchema>;

// --- Knockouts ------------------------------------------------------------------------------------

const groupSchema = z.enum(TOKEN_GROUPS, {
  error: `a group of tokens is one of ${TOKEN_GROUPS.join(', ')}`,
});

export const knockoutRequestSchema = z
  .strictObject({
    model: modelReferenceSchema,
    from: groupSchema.meta({ description: 'The tokens that attend.' }),
    to: groupSchema.meta({ description: 'The tokens they can no longer attend to.' }),
    layers: z.tuple([layerSchema, layerSchema]).optional().meta({
      description: 'First and last layer of the cut, both included; by default all layers.',
    }),
    objects: objectsSchema.meta({ description: 'Objects in each scene.', example: 8 }),
    queries: bounded('queries', 1, API_LIMITS.queriesPerKnockout).default(64),
    ...sceneSource,
  })
  .meta({
    example: { model: 'text-only', from: 'query', to: 'association-item', objects: 8, queries: 32 },
  });
export type KnockoutRequest = z.infer<typeof knockoutRequestSchema>;

export const knockoutResponseSchema = z.object({
  model: answeredBySchema,
  digest: digestSchema,
  queries: z
    .object({ ...querySpecSchema.shape, seed: seedSchema, count: z.number().int() })
    .meta({ description: 'What was asked, defaults included.' }),
  from: groupSchema,
  to: groupSchema,
  layers: z.tuple([layerSchema, layerSchema]),
  baseline: proportionSchema.meta({ description: 'Right answers of the model left alone.' }),
  cut: ablationEffectSchema.meta({ description: 'The same queries without that attention.' }),
  summary: summarySchema,
});
export type KnockoutResponse = z.infer<typeof knockoutResponseSchema>;

// --- Results of probes ----------------------------------------------------------------------------

export const getProbesSchema = z.strictObject({
  section: z
    .enum(PROBE_SECTIONS, { error: `a section is one of ${PROBE_SECTIONS.join(', ')}` })
    .optional()
    .meta({ description: 'One section; by default all there are.' }),
});

export const probesResponseSchema = probesSchema.extend({ summary: summarySchema });

export const probePlotPathSchema = modelPathSchema.extend({
  file: z
    .enum(
      PROBE_SECTIONS.map((section) => `${section}.svg` as const),
      {
        error: `a plot is one of ${PROBE_SECTIONS.map((section) => `${section}.svg`).join(', ')}`,
      },
    )
    .transform((file) => probeSectionSchema.parse(file.replace('.svg', '')))
    .meta({ example: 'interchange.svg' }),
});

export const compareProbesSchema = z.strictObject({
  models: listInUrl('models', modelReferenceSchema, API_LIMITS.modelsPerRequest).meta({
    example: ['text-only', 'image-text'],
  }),
});

export const MECHANISMS = ['positional', 'symbolic', 'both', 'neither', 'unknown'] as const;

const comparedModelSchema = interchangeSchema
  .pick({
    pairs: true,
    solved: true,
    firstCausalLayer: true,
    peakLayer: true,
    ratioAtPeak: true,
    ratioAtFirstCausal: true,
  })
  .extend({
    model: answeredBySchema,
    digest: digestSchema,
    mechanism: z.enum(MECHANISMS).meta({
      description:
        'The outcome that is surely more frequent at the peak layer, where the two are most of all.',
    }),
    peak: outcomeSharesSchema.nullable(),
    ood: proportionSchema.nullable().meta({
      description: 'Accuracy beyond training as the card has it; null where it has none.',
    }),
  });
export type ComparedModel = z.infer<typeof comparedModelSchema>;

export const compareProbesResponseSchema = z.object({
  conditions: z
    .array(
      z.object({
        modality: modalitySchema,
        order: associationOrderSchema,
        objects: objectsSchema,
        models: z.array(comparedModelSchema),
      }),
    )
    .meta({ description: 'What was measured on the same kind of queries stands side by side.' }),
  summary: summarySchema,
});
export type CompareProbesResponse = z.infer<typeof compareProbesResponseSchema>;
