import { z } from 'zod';
import { objectsSchema } from '../task/spec.ts';
import { conditionSchema, countSchema, meanSchema } from './probe-conditions.ts';

/** The section `mixture` of `probes.json`: how much of the answer each mechanism gives, not only which one wins. */

/** Mechanisms that point at one object of the original. */
export const POINTERS = ['positional', 'symbolic', 'reflexive'] as const;
export type Pointer = (typeof POINTERS)[number];

/**
 * What the probabilities after a patch are a mixture of: the three pointers; the answer without a patch
 * (`unchanged`); and all items of the scene alike (`uniform`).
 */
export const MIXTURE_COMPONENTS = [...POINTERS, 'unchanged', 'uniform'] as const;
export type MixtureComponent = (typeof MIXTURE_COMPONENTS)[number];

/** Components that can be a model by themselves, with `uniform` for what they do not explain. */
export const SINGLE_COMPONENTS = [...POINTERS, 'unchanged'] as const;

const weightSchema = z
  .object({
    weight: z.number().min(0).max(1),
    interval: z.tuple([z.number().min(0), z.number().max(1)]),
  })
  .meta({
    description:
      'Share of the probability, and its 95 % Wilson interval at this number of pairs. It holds even if each pair ' +
      'follows one component only; where all pairs are mixed alike, it is wider than necessary',
  });

const spreadSchema = z.number().positive().nullable().meta({
  description:
    'Standard deviation of the positional pointer, in positions of the list; null where its weight is below 0.01',
});

const similaritySchema = meanSchema.meta({
  description:
    'Mean Jensen-Shannon similarity (1 minus the divergence in bits) of the fitted and the measured probabilities: ' +
    '1 where they are equal, 0 where they have nothing in common',
});

const placeSchema = z.object({ pairs: countSchema, ...weightSchema.shape });

export const mixtureLayerSchema = z.object({
  layer: countSchema,
  weights: z.object({
    positional: weightSchema,
    symbolic: weightSchema,
    reflexive: weightSchema,
    unchanged: weightSchema,
    uniform: weightSchema,
  }),
  spread: spreadSchema,
  heldOut: z
    .object({
      pairs: countSchema,
      mixture: similaritySchema,
      single: z
        .object({
          positional: similaritySchema,
          symbolic: similaritySchema,
          reflexive: similaritySchema,
          unchanged: similaritySchema,
        })
        .meta({ description: 'Models of one component and `uniform`, fitted in the same way' }),
      bestSingle: z.enum(SINGLE_COMPONENTS).meta({
        description: 'The one of them that fits the pairs of the fit best',
      }),
      gain: meanSchema.meta({
        description: 'Similarity of the mixture minus that of `bestSingle`, pair by pair',
      }),
    })
    .meta({ description: 'Fitted on every second pair, measured on the others' }),
  byPlace: z
    .array(
      z.object({
        place: countSchema,
        positional: placeSchema.extend({ spread: spreadSchema }),
        symbolic: placeSchema,
        reflexive: placeSchema,
      }),
    )
    .meta({
      description:
        'The weight of each pointer, fitted to the pairs in which it points at this place of the list, counted from 0',
    }),
});
export type MixtureLayer = z.infer<typeof mixtureLayerSchema>;

export const mixtureSchema = conditionSchema
  .extend({
    objects: objectsSchema,
    pairs: countSchema,
    solved: countSchema.meta({ description: 'Pairs that the model solves; others are left out' }),
    layers: z.array(mixtureLayerSchema),
  })
  .meta({
    description:
      'The probabilities of the items after an interchange at the last token, as a mixture of mechanisms ' +
      '(after Gur-Arieh et al., arXiv 2510.06182)',
  });
export type Mixture = z.infer<typeof mixtureSchema>;
