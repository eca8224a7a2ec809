import { z } from 'zod';
import {
  conditionSchema,
  countSchema,
  distributionSchema,
  meanSchema,
} from './probe-conditions.ts';

/** The section `attribution` of `probes.json`: which tokens answers depend on. */

/**
 * Groups of the tokens before the last one of a question, by what they are to it:
 * - `colour`, `shape`, `patch`: of the object asked about (a picture has a patch for both);
 * - `next-token`: the token after that object's shape, in a text;
 * - `item`: the item of that object, which is the correct answer;
 * - `wrong-item`: the item that the model answers, where that is not the correct one;
 * - `other`: all other tokens together.
 */
export const ATTRIBUTION_GROUPS = [
  'colour',
  'shape',
  'patch',
  'next-token',
  'item',
  'wrong-item',
  'other',
] as const;

/** The groups in words. */
export const ATTRIBUTION_GROUP_NAMES: Readonly<
  Record<(typeof ATTRIBUTION_GROUPS)[number], string>
> = {
  colour: 'the colour in the context',
  shape: 'its shape in the context',
  patch: 'its patch of the picture',
  'next-token': 'the token after its shape',
  item: 'its item',
  'wrong-item': 'the item that is answered wrongly',
  other: 'all other tokens together',
};

/** The two tokens whose reading is followed through the layers. */
export const LAYERED_TOKENS = ['context', 'answer'] as const;

export const attributionSchema = conditionSchema
  .extend({
    distributions: z.array(
      distributionSchema.extend({
        attributed: countSchema.meta({
          description: 'Queries for which a cut loses probability; shares are means over them',
        }),
        expectedShare: meanSchema.meta({
          description:
            'The share of the total effect on the two tokens that binding by symbol needs: the shape ' +
            '(or the patch) of the object asked about, and its item',
        }),
        groups: z.array(
          z.object({
            group: z.enum(ATTRIBUTION_GROUPS),
            effect: meanSchema.meta({
              description:
                "The probability of the model's answer that is lost without attention to a token, as a " +
                'share of it, summed over the tokens of the group',
            }),
            share: meanSchema.meta({ description: 'The share of the total effect on this group' }),
          }),
        ),
        layers: z.array(
          z.object({
            token: z.enum(LAYERED_TOKENS).meta({
              description:
                'context: the shape (or the patch) of the object asked about; answer: the item that the ' +
                'model answers, in the associations',
            }),
            effects: z.array(meanSchema).meta({
              description:
                'By layer: the effect of the cut in this layer and all later ones; it falls where the ' +
                'token is read',
            }),
          }),
        ),
      }),
    ),
  })
  .meta({
    description:
      "Effect of cutting the attention of the question's last token to one earlier token at a time",
  });
export type AttributionSection = z.infer<typeof attributionSchema>;
