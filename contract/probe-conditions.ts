import { z } from 'zod';
import { associationOrderSchema, modalitySchema, objectsSchema, seedSchema } from '../task/spec.ts';
import { proportionSchema } from './card.ts';

/** What the sections of `probes.json` have in common. */

export const countSchema = z.number().int().min(0);

/** Split, seed and the indices from 0 on identify the scenes. */
export const conditionSchema = z.object({
  modality: modalitySchema,
  order: associationOrderSchema,
  split: z.literal('test'),
  seed: seedSchema.meta({ description: 'Seed of the scenes, whose indices count from 0' }),
});

export const meanSchema = z
  .object({
    mean: z.number(),
    interval: z.tuple([z.number(), z.number()]).meta({ description: '95 % interval of the mean' }),
  })
  .meta({ description: 'Mean over the queries' });

/** In or out of distribution, which the number of objects decides. */
export const distributionSchema = z.object({
  distribution: z.enum(['id', 'ood']),
  objects: objectsSchema,
  queries: countSchema,
  baseline: proportionSchema.meta({ description: 'Accuracy without an ablation' }),
});
