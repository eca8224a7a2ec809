import { z } from 'zod';
import {
  associationOrderSchema,
  indexSchema,
  LIMITS,
  modalitySchema,
  objectsSchema,
  querySpecSchema,
  seedSchema,
  bounded,
} from '../task/spec.ts';
import { API_LIMITS } from './limits.ts';
import { modelPathSchema } from './models.ts';
import { tokenProbabilitySchema } from './predictions.ts';
import { queryInputSchema, tokenSchema } from './queries.ts';
import { listInUrl } from './url-parameters.ts';
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

/** Interventions, knockouts and probe results: requests and responses. */

/** Fewest objects of a pair: the one asked about, and one for each mechanism. */
export const MIN_PAIR_OBJECTS = 4;
const pairObjectsError = `objects must be a whole number from ${MIN_PAIR_OBJECTS} to ${LIMITS.objects}`;
export const pairObjectsSchema = objectsSchema.min(MIN_PAIR_OBJECTS, pairObjectsError).meta({
  description: 'Objects in each scene.',
  example: 8,
});

/** The parameters of every kind of generated scene. */
const sceneParameters = {
  seed: seedSchema.default(0),
  modality: modalitySchema.default('text'),
  order: associationOrderSchema.default('context'),
};

const answeredBySchema = modelReferenceSchema.meta({ description: 'As the request names it.' });
const digestSchema = z.string().meta({ description: 'sha256 of the model file that answered.' });
const summarySchema = z.string().meta({ description: 'The results in words.' });

// --- Interventions --------------------------------------------------------------------------------

const layerSchema = z
  .number({ error: 'a layer must be a whole number from 0' })
  .int('a layer must be a whole number from 0')
  .min(0, 'a layer must be a whole number from 0')
  .meta({
    description:
      'The residual stream before this layer; the number of layers means: after the last one.',
  });

/** What to patch. Each layer and each head is patched in a run of its own. */
const patchParameters = {
  layers: z
    .array(layerSchema)
    .max(
      API_LIMITS.layersPerIntervention,
      `layers must have at most ${API_LIMITS.layersPerIntervention} entries`,
    )
    .optional()
    .meta({ description: 'By default every layer, or none where the request has heads.' }),
  positions: z
    .union([
      z.literal('asked'),
      z
        .array(z.number().int().min(0, 'a position must be a whole number from 0'))
        .min(1, 'positions must have at least 1 entry')
        .max(
          API_LIMITS.positionsPerIntervention,
          `positions must have at most ${API_LIMITS.positionsPerIntervention} entries`,
        ),
    ])
    .default('asked')
    .meta({
      description:
        'Indices of tokens, patched together; by default the last token, which predicts the answer.',
    }),
  heads: z
    .array(z.strictObject({ layer: layerSchema, head: z.number().int().min(0) }))
    .max(
      API_LIMITS.headsPerIntervention,
      `heads must have at most ${API_LIMITS.headsPerIntervention} entries`,
    )
    .default([])
    .meta({ description: 'Attention heads whose output is patched, one at a time.' }),
};

export const inlineInterventionSchema = z.strictObject({
  model: modelReferenceSchema,
  original: queryInputSchema.meta({
    description: 'The query that the model answers, by name or in full.',
  }),
  counterfactual: queryInputSchema.meta({
    description: 'The query whose activations replace those of the original, by name or in full.',
  }),
  ...patchParameters,
});

export const generatedInterventionSchema = z.strictObject({
  model: modelReferenceSchema,
  pair: z
    .strictObject(
      { objects: pairObjectsSchema, index: indexSchema.default(0), ...sceneParameters },
      {
        error: ({ input }) =>
          input === undefined
            ? 'send a pair, an original and a counterfactual, or a sweep'
            : undefined,
      },
    )
    .meta({ description: 'A generated pair in which each mechanism predicts another answer.' }),
  ...patchParameters,
});

export const sweepRequestSchema = z.strictObject({
  model: modelReferenceSchema,
  sweep: z
    .strictObject({
      objects: pairObjectsSchema,
      pairs: bounded('pairs', 1, API_LIMITS.pairsPerSweep).default(32),
      ...sceneParameters,
    })
    .meta({ description: 'Every layer, over many generated pairs.' }),
});

export const interventionRequestSchema = z
  .union([generatedInterventionSchema, inlineInterventionSchema, sweepRequestSchema])
  .meta({ example: { model: 'image-text', pair: { objects: 8, seed: 1 } } });

export type InlineIntervention = z.infer<typeof inlineInterventionSchema>;
export type GeneratedIntervention = z.infer<typeof generatedInterventionSchema>;
export type SweepRequest = z.infer<typeof sweepRequestSchema>;
export type InterventionRequest = z.infer<typeof interventionRequestSchema>;

const outcomeSchema = z.enum(OUTCOMES).meta({
  description:
    'The mechanism whose candidate is the most probable item of the original; other for any other item.',
});

const probabilitySchema = z.number().min(0).max(1);
const candidateProbabilitiesSchema = z
  .object({
    unchanged: probabilitySchema,
    positional: probabilitySchema,
    symbolic: probabilitySchema,
    reflexive: probabilitySchema,
  })
  .meta({ description: 'Probability of the item that each mechanism predicts, among all tokens.' });

const patchedAnswerSchema = z.object({
  answer: tokenProbabilitySchema.meta({ description: 'The most probable of all tokens.' }),
  outcome: outcomeSchema,
  probabilities: candidateProbabilitiesSchema,
  maxLogitDelta: z.number().meta({
    description: 'Largest change of a logit; 0 where the patch equals the activation it replaces.',
  }),
});

const patchEffectSchema = patchedAnswerSchema.extend({
  control: patchedAnswerSchema.meta({
    description:
      'The same for a random direction of equal norm, which has no information about the pair.',
  }),
});
export type PatchEffect = z.infer<typeof patchEffectSchema>;

const candidateSchema = z.object({
  object: z.number().int().meta({ description: 'Index of the object in the original, from 0.' }),
  item: tokenSchema,
});

const cleanAnswerSchema = z.object({
  name: z.string().nullable().meta({ description: 'null for a query without a name.' }),
  text: z.string(),
  asked: tokenSchema,
  expected: tokenSchema.meta({ description: 'The correct answer.' }),
  answer: tokenProbabilitySchema.meta({ description: 'The answer of the model without a patch.' }),
});

export const interventionSchema = z
  .object({
    kind: z.literal('pair'),
    model: answeredBySchema,
    digest: digestSchema,
    original: cleanAnswerSchema.extend({ probabilities: candidateProbabilitiesSchema }),
    counterfactual: cleanAnswerSchema,
    solved: z.boolean().meta({
      description:
        'Whether both answers are correct; otherwise the outcomes say nothing about the mechanism.',
    }),
    candidates: z.object({
      unchanged: candidateSchema.meta({ description: 'The answer to the original.' }),
      positional: candidateSchema.meta({
        description: "The item of the object with the position of the counterfactual's object.",
      }),
      symbolic: candidateSchema.meta({
        description: "The item of the object with the shape of the counterfactual's object.",
      }),
      reflexive: candidateSchema.meta({ description: 'The answer to the counterfactual.' }),
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
  error: `a group of tokens must be one of ${TOKEN_GROUPS.join(', ')}`,
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
    ...sceneParameters,
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
    .meta({ description: 'The parameters of the queries, defaults included.' }),
  from: groupSchema,
  to: groupSchema,
  layers: z.tuple([layerSchema, layerSchema]),
  baseline: proportionSchema.meta({ description: 'Correct answers of the whole model.' }),
  cut: ablationEffectSchema.meta({ description: 'The same queries without that attention.' }),
  summary: summarySchema,
});
export type KnockoutResponse = z.infer<typeof knockoutResponseSchema>;

// --- Results of probes ----------------------------------------------------------------------------

export const getProbesSchema = z.strictObject({
  section: z
    .enum(PROBE_SECTIONS, { error: `section must be one of ${PROBE_SECTIONS.join(', ')}` })
    .optional()
    .meta({ description: 'One section; by default all.' }),
});

export const probesResponseSchema = probesSchema.extend({ summary: summarySchema });

export const probePlotPathSchema = modelPathSchema.extend({
  file: z
    .enum(
      PROBE_SECTIONS.map((section) => `${section}.svg` as const),
      {
        error: `a plot must be one of ${PROBE_SECTIONS.map((section) => `${section}.svg`).join(', ')}`,
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
        'The outcome that is significantly more frequent at the peak layer; both where neither is, and ' +
        'neither where the two together are less than half of the outcomes.',
    }),
    peak: outcomeSharesSchema.nullable(),
    ood: proportionSchema.nullable().meta({
      description:
        'Accuracy with more than 8 objects, from the card; null where it was not measured.',
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
    .meta({ description: 'The models by kind of queries.' }),
  summary: summarySchema,
});
export type CompareProbesResponse = z.infer<typeof compareProbesResponseSchema>;
