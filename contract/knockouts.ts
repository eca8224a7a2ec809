import { z } from 'zod';
import { bounded, objectsSchema, querySpecSchema, seedSchema } from '../task/spec.ts';
import { proportionSchema } from './card.ts';
import {
  answeredBySchema,
  digestSchema,
  layerSchema,
  sceneParameters,
  summarySchema,
} from './interventions.ts';
import { API_LIMITS } from './limits.ts';
import { modelReferenceSchema } from './model-reference.ts';
import { ablationEffectSchema, TOKEN_GROUPS } from './knockout-section.ts';

/** Knockouts of attention: requests and responses. */

const groupSchema = z.enum(TOKEN_GROUPS, {
  error: `a group of tokens must be one of ${TOKEN_GROUPS.join(', ')}`,
});

/** Attention of one group of tokens to another, which is cut. */
export const attentionCutSchema = z.strictObject({
  from: groupSchema.meta({ description: 'The tokens that attend.' }),
  to: groupSchema.meta({ description: 'The tokens they can no longer attend to.' }),
  layers: z.tuple([layerSchema, layerSchema]).optional().meta({
    description: 'First and last layer of the cut, both included; by default all layers.',
  }),
});

export type AttentionCut = z.infer<typeof attentionCutSchema>;

export const knockoutRequestSchema = z
  .strictObject({
    model: modelReferenceSchema,
    ...attentionCutSchema.shape,
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
