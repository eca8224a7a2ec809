import { z } from 'zod';
import { proportionSchema } from './card.ts';
import { conditionSchema, countSchema, distributionSchema } from './probe-conditions.ts';

/** The section `knockout` of `probes.json`, and the effect of any ablation. */

/** Groups of tokens between which knockouts cut attention. */
export const TOKEN_GROUPS = [
  'colour',
  'shape',
  'patch',
  'context-end',
  'association-shape',
  'association-item',
  'query',
] as const;

/** Accuracy with a part of the model ablated, compared with the whole model on the same queries. */
export const ablationEffectSchema = z.object({
  accuracy: proportionSchema.meta({ description: 'Correct answers with the ablation' }),
  accuracyDrop: z
    .number()
    .min(-1)
    .max(1)
    .meta({ description: 'Accuracy without the ablation minus accuracy with it' }),
  regressed: countSchema.meta({ description: 'Queries correct only without the ablation' }),
  fixed: countSchema.meta({ description: 'Queries correct only with the ablation' }),
  pValue: z.number().min(0).max(1).meta({ description: 'Exact two-sided McNemar test' }),
});
export type AblationEffect = z.infer<typeof ablationEffectSchema>;

export const knockoutSchema = conditionSchema
  .extend({
    window: countSchema.meta({ description: 'Number of adjacent layers cut together' }),
    distributions: z.array(
      distributionSchema.extend({
        edges: z.array(
          ablationEffectSchema.extend({
            from: z.enum(TOKEN_GROUPS).meta({ description: 'The tokens that attend' }),
            to: z
              .enum(TOKEN_GROUPS)
              .meta({ description: 'The tokens they can no longer attend to' }),
            layers: z
              .tuple([countSchema, countSchema])
              .meta({ description: 'First and last layer of the cut, both included' }),
          }),
        ),
      }),
    ),
  })
  .meta({ description: 'Drop in accuracy when attention between two groups of tokens is cut' });
export type Knockout = z.infer<typeof knockoutSchema>;
