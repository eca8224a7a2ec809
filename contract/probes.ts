import { z } from 'zod';
import { objectsSchema } from '../task/spec.ts';
import { attributionSchema } from './attribution-section.ts';
import { modelIdSchema, proportionSchema } from './card.ts';
import { ablationEffectSchema, knockoutSchema } from './knockout-section.ts';
import { mixtureSchema } from './mixture-section.ts';
import { conditionSchema, countSchema, distributionSchema } from './probe-conditions.ts';

/**
 * Probe results of a model: `models/<id>/probes.json`. Each section is a list with one entry for each
 * condition (modality and association order), with the seed and the number of its scenes.
 */

/** `unchanged`: still the original's answer. `other`: an item that no mechanism predicts. */
export const OUTCOMES = ['positional', 'symbolic', 'reflexive', 'unchanged', 'other'] as const;

/** Shares of the five outcomes of the same pairs. */
export const outcomeSharesSchema = z
  .object({
    positional: proportionSchema,
    symbolic: proportionSchema,
    reflexive: proportionSchema,
    unchanged: proportionSchema,
    other: proportionSchema,
  })
  .meta({ description: 'Share of pairs with each outcome, as `correct` of `count`' });
export type OutcomeShares = z.infer<typeof outcomeSharesSchema>;

const layerSchema = countSchema.meta({
  description:
    'The residual stream before this layer; the number of layers means: after the last one',
});

const pairsSchema = conditionSchema.extend({
  objects: objectsSchema,
  pairs: countSchema.meta({ description: 'Pairs of an original and a counterfactual prompt' }),
  solved: countSchema.meta({
    description:
      'Pairs with correct answers to both prompts, without a patch; other pairs are left out',
  }),
});

const minLogitDeltaSchema = z
  .number()
  .min(0)
  .nullable()
  .meta({
    description:
      'The largest change of a logit in each pair, smallest over the pairs: 0 where a patch has no effect; ' +
      'null without pairs',
  });

/** The effect of patching one layer. */
export const layerSharesSchema = z.object({
  layer: layerSchema,
  shares: outcomeSharesSchema,
  minLogitDelta: minLogitDeltaSchema,
});

/** The definition of the ratios, also with a denominator of zero (`countRatio` in statistics/ratios.ts). */
export const RATIO_RULE =
  '(symbolic + 1/2) / (positional + 1/2), in numbers of pairs. The interval is the 95 % Wilson interval ' +
  'of symbolic / (symbolic + positional), converted to a ratio; it has no upper end where no pair is ' +
  'positional';

export const ratioSchema = z
  .object({
    ratio: z.number().positive(),
    interval: z.tuple([z.number().min(0), z.number().positive().nullable()]).meta({
      description: '95 % interval; null for no upper end',
    }),
  })
  .meta({ description: RATIO_RULE });

/**
 * Control patches, with the same norm as the patch they accompany and no information about the pair:
 * - `random`: a random direction, the paper's control. It destroys the activation, so it changes most
 *   answers, but to the candidates no more often than to other items.
 * - `unrelated`: the same layer and token of an unrelated scene of the same kind (resampling), which is a
 *   typical activation of the model.
 */
export const CONTROLS = ['random', 'unrelated'] as const;

const controlsSchema = z
  .object({ random: outcomeSharesSchema, unrelated: outcomeSharesSchema })
  .meta({
    description:
      'Outcomes of two control patches of the same norm: a random direction, and the same token of an ' +
      'unrelated scene. They change answers to the candidates no more often than to other items.',
  });

export const interchangeSchema = pairsSchema
  .extend({
    layers: z.array(
      layerSharesSchema.extend({
        controls: controlsSchema,
      }),
    ),
    firstCausalLayer: layerSchema.nullable().meta({
      description: 'First layer at which a patch changes most answers; null where none does',
    }),
    peakLayer: layerSchema.meta({
      description: 'Layer at which positional and symbolic outcomes together are most frequent',
    }),
    ratioAtPeak: ratioSchema,
    ratioAtFirstCausal: ratioSchema.nullable(),
    byPosition: z.array(z.object({ position: countSchema, shares: outcomeSharesSchema })).meta({
      description:
        'Outcomes at the peak layer by P, the index that the positional mechanism selects',
    }),
    byDistance: z
      .array(z.object({ distance: countSchema, shares: outcomeSharesSchema }))
      .meta({ description: 'Outcomes at the peak layer by |P - index of the object asked about|' }),
  })
  .meta({ description: 'Interchange of the residual stream at the last token of the query' });
export type Interchange = z.infer<typeof interchangeSchema>;

/** The objects of a pair, by what selects them. */
export const PAIR_OBJECTS = ['asked', 'positional', 'symbolic', 'reflexive'] as const;

export const OBJECT_TOKENS = [
  'colour',
  'shape',
  'patch',
  'association-shape',
  'association-item',
] as const;

/** Tokens that a prompt with one question has once. */
export const SINGLE_TOKENS = ['context-end', 'question'] as const;

export const tokenInterchangeSchema = pairsSchema
  .extend({
    groups: z.array(
      z.object({
        token: z.enum([...OBJECT_TOKENS, ...SINGLE_TOKENS]),
        object: z
          .enum(PAIR_OBJECTS)
          .nullable()
          .meta({
            description:
              'The object that the token belongs to: the one asked about, or the one that a mechanism ' +
              'selects; null for the end of the context and the question marker, which belong to none',
          }),
        layers: z.array(layerSharesSchema),
      }),
    ),
  })
  .meta({
    description: 'Interchange of the residual stream at single tokens before the last one',
  });
export type TokenInterchange = z.infer<typeof tokenInterchangeSchema>;

/** The tokens of the associations. Interchange at the items patches all tokens of one kind together. */
export const ASSOCIATION_TOKENS = ['association-shape', 'association-item'] as const;

export const itemInterchangeSchema = pairsSchema
  .extend({
    groups: z.array(
      z.object({
        tokens: z.enum(ASSOCIATION_TOKENS).meta({ description: 'The tokens patched together' }),
        layers: z.array(
          layerSharesSchema.extend({
            random: outcomeSharesSchema.meta({
              description: 'Outcomes of random vectors of the same norms at the same tokens',
            }),
          }),
        ),
      }),
    ),
  })
  .meta({
    description:
      'Interchange of the residual stream at all associations, from a context in which shape, colour and ' +
      'position are combined differently: does an item hold what its shape is bound to in the context? ' +
      'symbolic: the item whose shape has the asked colour there; positional: the item whose shape has ' +
      'the position of the object asked about; unchanged: the binding is not at the items. The ' +
      'associations are the same in both prompts, so no outcome is reflexive',
  });
export type ItemInterchange = z.infer<typeof itemInterchangeSchema>;

export const LINEAR_FEATURES = ['colour', 'shape', 'item', 'position'] as const;
export const LINEAR_TOKENS = [...OBJECT_TOKENS, 'query'] as const;

export const linearSchema = conditionSchema
  .extend({
    objects: objectsSchema,
    trainSamples: countSchema.meta({ description: 'Tokens that each probe is fitted on' }),
    testSamples: countSchema.meta({
      description: 'Tokens that it is tested on, one from each of other scenes',
    }),
    ridge: z.number().positive().meta({
      description:
        'Ridge penalty, in units of the mean variance of a coordinate of the residual stream',
    }),
    probes: z.array(
      z.object({
        token: z.enum(LINEAR_TOKENS),
        feature: z.enum(LINEAR_FEATURES).meta({
          description:
            'A feature of the object that the token belongs to; for the query, of the one asked about',
        }),
        chance: z.number().min(0).max(1).meta({ description: '1 divided by the number of values' }),
        layers: z.array(
          z.object({
            layer: layerSchema,
            accuracy: proportionSchema,
            control: proportionSchema.meta({
              description: 'Accuracy of the same probe fitted on shuffled labels',
            }),
          }),
        ),
      }),
    ),
  })
  .meta({ description: 'Ridge regression from the residual stream to features of the objects' });
export type Linear = z.infer<typeof linearSchema>;

const headSchema = z.object({ layer: countSchema, head: countSchema });

/** What replaces the output of a head: zero, or its mean at that token over other scenes. */
export const ABLATIONS = ['zero', 'mean'] as const;

export const headsSchema = conditionSchema
  .extend({
    interchange: pairsSchema.pick({ objects: true, pairs: true, solved: true }).extend({
      heads: z.array(
        headSchema.extend({ shares: outcomeSharesSchema, minLogitDelta: minLogitDeltaSchema }),
      ),
    }),
    ablation: z.array(
      distributionSchema.extend({
        kind: z.enum(ABLATIONS).meta({
          description:
            'What replaces the output of the head at every token: zero, or its mean at that token over ' +
            'other scenes of the same kind',
        }),
        heads: z.array(headSchema.extend(ablationEffectSchema.shape)),
      }),
    ),
  })
  .meta({
    description:
      'Interchange of the output of single heads at the last token of the query, and accuracy with a ' +
      'head ablated at every token',
  });
export type Heads = z.infer<typeof headsSchema>;

const sections = {
  interchange: z.array(interchangeSchema),
  tokens: z.array(tokenInterchangeSchema),
  items: z.array(itemInterchangeSchema),
  knockout: z.array(knockoutSchema),
  linear: z.array(linearSchema),
  heads: z.array(headsSchema),
  attribution: z.array(attributionSchema),
  mixture: z.array(mixtureSchema),
};

export const PROBE_SECTIONS = [
  'interchange',
  'tokens',
  'items',
  'knockout',
  'linear',
  'heads',
  'attribution',
  'mixture',
] as const;
export const probeSectionSchema = z.enum(PROBE_SECTIONS);
export type ProbeSection = z.infer<typeof probeSectionSchema>;

/** Sections are missing from a file while the probes still run. */
export const probesSchema = z.object({
  schema: z.literal(1),
  model: modelIdSchema,
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .meta({ description: 'SHA-256 of the model.onnx that was probed' }),
  code: z
    .partialRecord(probeSectionSchema, z.string())
    .meta({ description: 'Commit of this repository that measured each section' }),
  ...z.object(sections).partial().shape,
});
export type Probes = z.infer<typeof probesSchema>;
