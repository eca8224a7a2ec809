import { z } from 'zod';
import {
  associationOrderSchema,
  indexSchema,
  modalitySchema,
  seedSchema,
  bounded,
} from '../task/spec.ts';
import { API_LIMITS } from './limits.ts';
import { modelReferenceSchema } from './model-reference.ts';
import { pairObjectsSchema } from './pair-objects.ts';
import { tokenProbabilitySchema } from './predictions.ts';
import { interchangeSchema, OUTCOMES } from './probes.ts';
import { queryInputSchema, tokenSchema } from './queries.ts';

/** Interchange interventions: requests and responses. */

/** The parameters of every kind of generated scene. */
export const sceneParameters = {
  seed: seedSchema.default(0),
  modality: modalitySchema.default('text'),
  order: associationOrderSchema.default('context'),
};

export const answeredBySchema = modelReferenceSchema.meta({
  description: 'As the request names it.',
});
export const digestSchema = z
  .string()
  .meta({ description: 'sha256 of the model file that answered.' });
export const summarySchema = z.string().meta({ description: 'The results in words.' });

export const layerSchema = z
  .number({ error: 'a layer must be a whole number from 0' })
  .int('a layer must be a whole number from 0')
  .min(0, 'a layer must be a whole number from 0')
  .meta({
    description:
      'The residual stream before this layer; the number of layers means: after the last one.',
  });

const headError = 'a head must be a whole number from 0';
export const headSchema = z.number({ error: headError }).int(headError).min(0, headError);

/** A set of tokens, as their indices in a prompt; a repeated one is refused with its place. */
export const tokenIndicesSchema = (most: number) =>
  z
    .array(z.number().int().min(0, 'a position must be a whole number from 0'))
    .min(1, 'positions must have at least 1 entry')
    .max(most, `positions must have at most ${most} entries`)
    .superRefine((positions, context) => {
      positions.forEach((position, index) => {
        if (positions.indexOf(position) === index) return;
        const message = `positions are a set, but ${position} repeats`;
        context.addIssue({ code: 'custom', path: [index], message });
      });
    })
    .meta({ uniqueItems: true });

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
    .union([z.literal('asked'), tokenIndicesSchema(API_LIMITS.positionsPerIntervention)])
    .default('asked')
    .meta({
      description:
        'Indices of tokens, patched together; by default the last token, which predicts the answer.',
    }),
  heads: z
    .array(z.strictObject({ layer: layerSchema, head: headSchema }))
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

export type InlineIntervention = z.infer<typeof inlineInterventionSchema>;
export type GeneratedIntervention = z.infer<typeof generatedInterventionSchema>;
export type SweepRequest = z.infer<typeof sweepRequestSchema>;

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

export const cleanAnswerSchema = z.object({
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
