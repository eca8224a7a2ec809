import { z } from 'zod';
import { associationOrderSchema, modalitySchema, objectsSchema, seedSchema } from '../task/spec.ts';
import { modelIdSchema, proportionSchema } from './card.ts';

/**
 * What the probes say of a model: `models/<id>/probes.json`. Every section is a list with one entry a
 * condition (modality and association order), and names the seed that draws its scenes and how many.
 */

const count = z.number().int().min(0);

/** `none`: the original's own answer still; `mixed`: an item that no mechanism predicts. */
export const OUTCOMES = ['positional', 'symbolic', 'reflexive', 'unchanged', 'other'] as const;

/** Shares of the five outcomes, of the same pairs. */
export const outcomeSharesSchema = z
  .object({
    positional: proportionSchema,
    symbolic: proportionSchema,
    reflexive: proportionSchema,
    unchanged: proportionSchema,
    other: proportionSchema,
  })
  .meta({ description: 'Share of pairs with each outcome, as `right` of `count`' });
export type OutcomeShares = z.infer<typeof outcomeSharesSchema>;

const layerSchema = count.meta({
  description: 'The residual stream before this layer; as many as there are layers: after the last',
});

/** Scenes are named by the split, the seed, and the indices from 0 on. */
const conditionSchema = z.object({
  modality: modalitySchema,
  order: associationOrderSchema,
  split: z.literal('test'),
  seed: seedSchema.meta({ description: 'Seed of the scenes; their indices count from 0' }),
});

const pairsSchema = conditionSchema.extend({
  objects: objectsSchema,
  pairs: count.meta({ description: 'Pairs of an original and a counterfactual prompt' }),
  solved: count.meta({
    description:
      'Pairs whose both prompts the model answers rightly when left alone: all others are left out',
  }),
});

const minLogitDeltaSchema = z.number().min(0).nullable().meta({
  description:
    "Smallest of the pairs' largest logit changes: 0 where a patch cannot matter; null without pairs",
});

/** What patching one layer did. */
export const layerSharesSchema = z.object({
  layer: layerSchema,
  shares: outcomeSharesSchema,
  minLogitDelta: minLogitDeltaSchema,
});

/** How the ratios are taken, a zero denominator included (`countRatio` in statistics/ratios.ts). */
export const RATIO_RULE =
  '(symbolic + 1/2) / (positional + 1/2), in counts of pairs; the interval is the 95 % Wilson interval ' +
  'of symbolic / (symbolic + positional) turned into a ratio, without an upper end where no pair is ' +
  'positional';

export const ratioSchema = z
  .object({
    ratio: z.number().positive(),
    interval: z.tuple([z.number().min(0), z.number().positive().nullable()]).meta({
      description: '95 % interval; null: no upper end',
    }),
  })
  .meta({ description: RATIO_RULE });

/**
 * Patches that know nothing of the pair, each of the same norm as the one it stands beside:
 * - `random`: a random direction, the paper's control. It destroys what stood there, so it moves most
 *   answers, but to no candidate more than to another item.
 * - `unrelated`: the same layer and token of an unrelated scene of the same kind, which is an activation
 *   that the model knows how to read (resampling).
 */
export const CONTROLS = ['random', 'unrelated'] as const;

const controlsSchema = z
  .object({ random: outcomeSharesSchema, unrelated: outcomeSharesSchema })
  .meta({
    description:
      'Outcomes of two patches of the same norm: a random direction, and the same token of an ' +
      'unrelated scene. What they move goes to the candidates no more than to other items.',
  });

export const interchangeSchema = pairsSchema
  .extend({
    layers: z.array(
      layerSharesSchema.extend({
        controls: controlsSchema,
      }),
    ),
    firstCausalLayer: layerSchema.nullable().meta({
      description: 'First layer at which a patch moves most answers; null where none does',
    }),
    peakLayer: layerSchema.meta({
      description: 'Layer at which positional and symbolic outcomes together are most frequent',
    }),
    ratioAtPeak: ratioSchema,
    ratioAtFirstCausal: ratioSchema.nullable(),
    byPosition: z.array(z.object({ position: count, shares: outcomeSharesSchema })).meta({
      description: 'Outcomes at the peak layer by P, the place that the position names, from 0',
    }),
    byDistance: z
      .array(z.object({ distance: count, shares: outcomeSharesSchema }))
      .meta({ description: 'Outcomes at the peak layer by |P - place of the object asked about|' }),
  })
  .meta({ description: "Interchange of the residual stream at the query's last token" });
export type Interchange = z.infer<typeof interchangeSchema>;

/** Objects of a pair that are named by what finds them. */
export const PAIR_OBJECTS = ['asked', 'positional', 'symbolic', 'reflexive'] as const;

export const OBJECT_TOKENS = [
  'colour',
  'shape',
  'patch',
  'association-shape',
  'association-item',
] as const;

/** Tokens of which a prompt with one question has one. */
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
              'Whose token it is: of the object asked about, or of the one at P, L or R; null of a ' +
              'token that belongs to none: the end of the context, the mark of the question',
          }),
        layers: z.array(layerSharesSchema),
      }),
    ),
  })
  .meta({
    description: 'Interchange of the residual stream at single tokens before the one that answers',
  });
export type TokenInterchange = z.infer<typeof tokenInterchangeSchema>;

/** Groups of tokens between which attention is cut. */
export const TOKEN_GROUPS = [
  'colour',
  'shape',
  'patch',
  'context-end',
  'association-shape',
  'association-item',
  'query',
] as const;

/** Accuracy under a lesion, against the same queries without it. */
export const ablationEffectSchema = z.object({
  accuracy: proportionSchema.meta({ description: 'Right answers under the lesion' }),
  accuracyDrop: z
    .number()
    .min(-1)
    .max(1)
    .meta({ description: 'Accuracy without it less accuracy with it' }),
  regressed: count.meta({ description: 'Queries that only the whole model gets right' }),
  fixed: count.meta({ description: 'Queries that only the lesioned model gets right' }),
  pValue: z.number().min(0).max(1).meta({ description: 'Exact two-sided McNemar test' }),
});
export type AblationEffect = z.infer<typeof ablationEffectSchema>;

/** In and out of distribution: the number of objects. */
const distributionSchema = z.object({
  distribution: z.enum(['id', 'ood']),
  objects: objectsSchema,
  queries: count,
  baseline: proportionSchema.meta({ description: 'Accuracy of the model without a lesion' }),
});

export const knockoutSchema = conditionSchema
  .extend({
    window: count.meta({ description: 'Layers that are cut together' }),
    distributions: z.array(
      distributionSchema.extend({
        edges: z.array(
          ablationEffectSchema.extend({
            from: z.enum(TOKEN_GROUPS).meta({ description: 'The tokens that attend' }),
            to: z
              .enum(TOKEN_GROUPS)
              .meta({ description: 'The tokens they can no longer attend to' }),
            layers: z
              .tuple([count, count])
              .meta({ description: 'First and last layer of the cut, both included' }),
          }),
        ),
      }),
    ),
  })
  .meta({ description: 'Accuracy lost when attention between two groups of tokens is cut' });
export type Knockout = z.infer<typeof knockoutSchema>;

export const LINEAR_FEATURES = ['colour', 'shape', 'item', 'position'] as const;
export const LINEAR_TOKENS = [...OBJECT_TOKENS, 'query'] as const;

export const linearSchema = conditionSchema
  .extend({
    objects: objectsSchema,
    trainSamples: count.meta({ description: 'Tokens that each probe is fitted to' }),
    testSamples: count.meta({
      description: 'Tokens of other scenes, one a scene, that it is tested on',
    }),
    ridge: z.number().positive().meta({
      description: 'Ridge penalty, in units of the mean variance of a coordinate of the stream',
    }),
    probes: z.array(
      z.object({
        token: z.enum(LINEAR_TOKENS),
        feature: z.enum(LINEAR_FEATURES).meta({
          description:
            'Of the object that the token belongs to; for the query, the one asked about',
        }),
        chance: z.number().min(0).max(1).meta({ description: 'One over the number of values' }),
        layers: z.array(
          z.object({
            layer: layerSchema,
            accuracy: proportionSchema,
            control: proportionSchema.meta({
              description: 'Accuracy of the same probe fitted to shuffled labels',
            }),
          }),
        ),
      }),
    ),
  })
  .meta({ description: 'Ridge regression from the residual stream to what it stands for' });
export type Linear = z.infer<typeof linearSchema>;

const headSchema = z.object({ layer: count, head: count });

/** What stands in for a head's output: nothing, or its mean at that token over other scenes. */
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
            "What stands in for the head's output at every token: zero, or its mean there over " +
            'other scenes of the same kind',
        }),
        heads: z.array(headSchema.extend(ablationEffectSchema.shape)),
      }),
    ),
  })
  .meta({
    description:
      "Interchange of single heads' outputs at the query's last token, and accuracy when a head is ablated everywhere",
  });
export type Heads = z.infer<typeof headsSchema>;

const sections = {
  interchange: z.array(interchangeSchema),
  tokens: z.array(tokenInterchangeSchema),
  knockout: z.array(knockoutSchema),
  linear: z.array(linearSchema),
  heads: z.array(headsSchema),
};

export const PROBE_SECTIONS = ['interchange', 'tokens', 'knockout', 'linear', 'heads'] as const;
export const probeSectionSchema = z.enum(PROBE_SECTIONS);
export type ProbeSection = z.infer<typeof probeSectionSchema>;

/** A file without some sections is one that is still being made. */
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
