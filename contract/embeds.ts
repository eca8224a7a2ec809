import { z } from 'zod';
import { associationOrderSchema, bounded, LIMITS, modalitySchema } from '../task/spec.ts';
import { API_LIMITS } from './limits.ts';
import { inUrl, listInUrl } from './url-parameters.ts';
import { evaluationSchema } from './card.ts';
import { MODEL_REFERENCE, modelReferenceSchema } from './model-reference.ts';
import { figureParameters, localeParameter, themeParameter } from './theme-locale.ts';
import { explorerParametersSchema } from './page-parameters.ts';
import { sceneTextSchema } from './scene-text.ts';
import { scoreTextSchema } from './score.ts';

/** What other sites can embed: figures, pages for frames, badges, oEmbed. */

const modelsParameter = listInUrl('models', modelReferenceSchema, API_LIMITS.modelsPerRequest)
  .optional()
  .meta({
    description: `By default the first ${API_LIMITS.modelsInFigures} models that were measured under this condition.`,
    example: ['text-only', 'image-text'],
  });

const conditionParameters = {
  modality: modalitySchema.default('text').meta({
    description: 'The modality of the queries.',
  }),
  order: associationOrderSchema.default('context').meta({
    description: "The order of the associations: the context's order, or shuffled.",
  }),
};

const appearance = { theme: themeParameter, locale: localeParameter };

// --- Accuracy as measured -------------------------------------------------------------------------

export const accuracySchema = z.strictObject({ models: modelsParameter, ...conditionParameters });
export type AccuracyRequest = z.output<typeof accuracySchema>;

/** Figures and embeds ignore unknown parameters: trackers add some to every link. */
export const accuracyPlotSchema = accuracySchema.strip().extend(figureParameters);

export const accuracyResponseSchema = z.object({
  modality: modalitySchema,
  order: associationOrderSchema,
  inDistribution: z
    .number()
    .int()
    .meta({
      description: `Most objects in a training scene, ${LIMITS.inDistribution}: id has up to this many, ood more.`,
    }),
  models: z.array(
    evaluationSchema.pick({ byObjects: true, id: true, ood: true }).extend({
      model: modelReferenceSchema.meta({ description: 'As the request names it.' }),
      displayIndex: z
        .number()
        .int()
        .min(0)
        .meta({
          description:
            'Decides the colour and the marker in figures, and is unique in this response: the index of ' +
            'the id among the models of the deployment. Of several versions of one model, the one in ' +
            'production has it, else the first of them; all others have higher numbers.',
        }),
      digest: z.string().meta({ description: 'sha256 of the model file that was measured.' }),
      seed: z.number().int().meta({ description: 'Seed of the test scenes.' }),
    }),
  ),
});
export type AccuracyResponse = z.infer<typeof accuracyResponseSchema>;

// --- Pages for frames -----------------------------------------------------------------------------

export const EMBED_KINDS = ['comparison', 'scene', 'mechanism'] as const;
export type EmbedKind = (typeof EMBED_KINDS)[number];

export const embedComparisonSchema = accuracySchema.strip().extend(appearance);
export type EmbedComparison = z.output<typeof embedComparisonSchema>;

/** A question of the front page or of the scene editor, answered by any number of models. */
export const embedSceneSchema = z.object({
  ...explorerParametersSchema.shape,
  scene: sceneTextSchema.min(1, 'scene must have an object').optional().meta({
    description:
      'A scene of the scene editor, instead of objects, sceneIndex and query; its order is context or reversed.',
  }),
  order: z.enum(['context', 'shuffled', 'reversed']).default('context').meta({
    description:
      "The order of the associations: the context's order, shuffled or, with scene, reversed.",
  }),
  models: modelsParameter.meta({
    description: 'By default one trained on text alone and one that reads pictures.',
  }),
  ...appearance,
});
export type EmbedScene = z.output<typeof embedSceneSchema>;

export const embedMechanismSchema = z.object({
  models: modelsParameter.meta({
    description: `By default the first ${API_LIMITS.modelsInFigures} models that were probed.`,
  }),
  ...conditionParameters,
  ...appearance,
});
export type EmbedMechanism = z.output<typeof embedMechanismSchema>;

export const mechanismPlotSchema = embedMechanismSchema.extend(figureParameters);

// --- Badges ---------------------------------------------------------------------------------------

export const badgeSchema = z.object({
  locale: localeParameter,
  range: z
    .enum(['id', 'ood'], { error: 'range must be id or ood' })
    .default('ood')
    .meta({
      description: `id: up to ${LIMITS.inDistribution} objects, as in training; ood: more.`,
    }),
  ...conditionParameters,
});

export const badgePathSchema = z.object({
  file: z
    .string()
    .regex(
      new RegExp(`^${MODEL_REFERENCE}\\.(svg|json)$`),
      'a badge must be <model>.svg or <model>.json; a model is an id, or one of its versions',
    )
    .meta({ description: 'The model, with `.svg` or `.json`.', example: 'text-only.svg' }),
});

/** https://shields.io/badges/endpoint-badge */
export const shieldsSchema = z.strictObject({
  schemaVersion: z.literal(1),
  label: z.string(),
  message: z.string().meta({ example: '72 % ± 1' }),
  color: z.string(),
  cacheSeconds: z.number().int(),
});
export type Shields = z.infer<typeof shieldsSchema>;

// --- oEmbed ---------------------------------------------------------------------------------------

/** Consumers without a limit send 0 or nothing. */
const pixels = (name: string) =>
  z
    .preprocess(
      (text) => (text === '' ? 0 : text),
      z.coerce
        .number({ error: `${name} must be a whole number of pixels` })
        .int(`${name} must be a whole number of pixels`)
        .min(0, `${name} must be a whole number of pixels`)
        .max(Number.MAX_SAFE_INTEGER, `${name} must be at most ${Number.MAX_SAFE_INTEGER}`),
    )
    .transform((value) => (value === 0 ? undefined : value));

/** Consumers may send other parameters, which have no effect. */
export const oembedSchema = z.object({
  url: z.string({ error: 'url must be an address of this deployment' }).meta({
    description: 'The page to embed: its full address, or its path and query.',
    example: '/embed/comparison?models=text-only,image-text',
  }),
  // Others get 501, as oEmbed demands, and not the 400 of a schema.
  format: z
    .string()
    .default('json')
    .meta({ enum: ['json', 'xml'] }),
  maxwidth: pixels('maxwidth').optional(),
  maxheight: pixels('maxheight').optional(),
});
export type OembedRequest = z.output<typeof oembedSchema>;

/** https://oembed.com, section 2.3.4.4. */
export const oembedResponseSchema = z.object({
  type: z.literal('rich'),
  version: z.literal('1.0'),
  title: z.string(),
  provider_name: z.literal('bindscope'),
  provider_url: z.string(),
  cache_age: z.number().int().meta({ description: 'Seconds.' }),
  html: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  thumbnail_url: z.string(),
  thumbnail_width: z.number().int(),
  thumbnail_height: z.number().int(),
});
export type OembedResponse = z.infer<typeof oembedResponseSchema>;

// --- Pictures of links ----------------------------------------------------------------------------

/** Size of Open Graph pictures, in pixels. */
export const PREVIEW_SIZE = { width: 1200, height: 630 } as const;

const widthParameter = inUrl(bounded('width', 1, PREVIEW_SIZE.width))
  .default(PREVIEW_SIZE.width)
  .meta({ description: 'Pixels; the height is in proportion.' });

const preview = { theme: z.enum(['light', 'dark']).default('light'), width: widthParameter };

/** Pages whose picture is their title and description. */
export const TEXT_PAGES = ['in-browser', 'reference', 'problems', 'pretrained', 'status'] as const;

export const previewPageSchema = z.object({
  page: z
    .enum(TEXT_PAGES, { error: `page must be one of ${TEXT_PAGES.join(', ')}` })
    .meta({ example: 'reference' }),
  ...preview,
});

/** The picture for a link to a visitor's score. */
export const previewScoreSchema = z.object({
  score: scoreTextSchema,
  models: listInUrl('models', modelReferenceSchema, 2)
    .optional()
    .meta({ description: 'The models that answered, in the order of the score.' }),
  ...preview,
});

export const previewSchemas = {
  comparison: embedComparisonSchema.extend(preview),
  scene: embedSceneSchema.extend(preview),
  mechanism: embedMechanismSchema.extend(preview),
} as const satisfies Record<EmbedKind, z.ZodType>;
