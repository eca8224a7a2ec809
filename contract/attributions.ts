import { z } from 'zod';
import { TOKEN_ROLES } from '../task/prompt.ts';
import { bounded } from '../task/spec.ts';
import { answeredBySchema, digestSchema, layerSchema, summarySchema } from './interventions.ts';
import { API_LIMITS } from './limits.ts';
import { modelReferenceSchema } from './model-reference.ts';
import { tokenProbabilitySchema } from './predictions.ts';
import { QUERY_NAME_EXAMPLE, queryInputSchema, tokenSchema } from './queries.ts';

/** Attributions: which tokens of the scene one answer depends on. */

export const attributionRequestSchema = z
  .strictObject({
    model: modelReferenceSchema,
    query: queryInputSchema.meta({ description: 'By name or in full.' }),
    layered: bounded('layered', 0, API_LIMITS.layeredTokens)
      .default(3)
      .meta({
        description:
          'How many of the tokens with the largest effects, of at least 0.01, are also cut layer by ' +
          'layer; 0 leaves out what the residual stream decodes to, too.',
      }),
    candidates: bounded('candidates', 1, API_LIMITS.candidates).default(4).meta({
      description: 'How many of the most probable tokens are followed through the layers.',
    }),
  })
  .meta({ example: { model: 'image-text', query: QUERY_NAME_EXAMPLE } });
export type AttributionRequest = z.infer<typeof attributionRequestSchema>;

const effectSchema = z
  .number()
  .max(1)
  .meta({
    description:
      "The share of the probability of the model's answer that is lost: 1 is all of it; negative where " +
      'the answer becomes more probable.',
  });

/** A token of the context or the associations. */
const attributedTokenSchema = tokenSchema.extend({
  index: z.number().int().meta({ description: 'Index in the prompt, from 0.' }),
  role: z.enum(TOKEN_ROLES),
  object: z
    .number()
    .int()
    .nullable()
    .meta({ description: 'Index of its object in the context; null for a token of no object.' }),
  effect: effectSchema.meta({ description: 'Of cutting the attention to it in all layers.' }),
  answer: tokenProbabilitySchema.meta({ description: 'The answer with that cut.' }),
  probability: z.number().meta({ description: 'Of the original answer, with that cut.' }),
  layers: z
    .array(effectSchema)
    .nullable()
    .meta({
      description:
        'By layer: the effect of the cut in this layer and all later ones. It falls where the token is ' +
        'read. Null for tokens that were not cut layer by layer.',
    }),
});
export type AttributedToken = z.infer<typeof attributedTokenSchema>;

export const attributionFiguresSchema = z.object({
  answer: tokenProbabilitySchema.meta({ description: 'The most probable of all tokens.' }),
  correct: z.boolean(),
  tokens: z.array(attributedTokenSchema).meta({
    description:
      'Every token before the last one of the question, whose attention to it was cut, in their order.',
  }),
  candidates: z.array(tokenProbabilitySchema).meta({
    description: 'The most probable tokens, and the correct answer where it is none of them.',
  }),
  stream: z
    .array(
      z.object({
        layer: layerSchema,
        answer: tokenProbabilitySchema.meta({
          description: 'The most probable token that the residual stream decodes to.',
        }),
        candidates: z
          .array(z.number())
          .meta({ description: 'The probabilities of the candidates, in their order.' }),
      }),
    )
    .meta({
      description:
        'What the residual stream at the last token decodes to before each layer and after the last: ' +
        'the final layer norm and the unembedding are applied to it ("logit lens").',
    }),
});
export type AttributionFigures = z.infer<typeof attributionFiguresSchema>;

export const attributionResponseSchema = attributionFiguresSchema
  .extend({
    model: answeredBySchema,
    digest: digestSchema,
    query: z.object({
      name: z.string().nullable().meta({ description: 'null for a query given in full.' }),
      text: z.string(),
      asked: tokenSchema,
      answer: tokenSchema.meta({ description: 'The correct answer.' }),
    }),
    summary: summarySchema,
  })
  .meta({ id: 'Attribution' });
export type AttributionResponse = z.infer<typeof attributionResponseSchema>;
