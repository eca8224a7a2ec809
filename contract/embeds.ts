import { z } from 'zod';
import {
  associationOrderSchema,
  LIMITS,
  modalitySchema,
  type AssociationOrder,
  type Modality,
} from '../task/spec.ts';
import { API_LIMITS, listInUrl } from './api.ts';
import { evaluationSchema } from './card.ts';
import { modelReferenceSchema } from './model-reference.ts';
import { localeParameter, themeParameter } from './theme-locale.ts';
import { explorerParametersSchema } from './pages.ts';

/** What other sites can show: figures, pages for their frames, badges, oEmbed. */

const modelsParameter = listInUrl('models', modelReferenceSchema, API_LIMITS.modelsPerRequest)
  .optional()
  .meta({
    description: `By default the first ${API_LIMITS.modelsInFigures} models that were measured so.`,
    example: ['text-only', 'image-text'],
  });

const conditionParameters = {
  modality: modalitySchema.default('text').meta({
    description: 'Whether the models were asked about text or about pictures.',
  }),
  order: associationOrderSchema.default('context').meta({
    description: "Order of the associations: the context's own, or shuffled.",
  }),
};

/** What models were measured on. */
export interface Condition {
  readonly modality: Modality;
  readonly order: AssociationOrder;
}

// --- Accuracy as measured -------------------------------------------------------------------------

export const accuracySchema = z.strictObject({ models: modelsParameter, ...conditionParameters });
export type AccuracyRequest = z.output<typeof accuracySchema>;

export const accuracyPlotSchema = accuracySchema.extend({
  theme: themeParameter,
  locale: localeParameter,
});

export const accuracyResponseSchema = z.object({
  modality: modalitySchema,
  order: associationOrderSchema,
  inDistribution: z
    .number()
    .int()
    .meta({
      description: `Most objects in a training scene, ${LIMITS.inDistribution}: id is up to it, ood beyond.`,
    }),
  models: z.array(
    evaluationSchema.pick({ byObjects: true, id: true, ood: true }).extend({
      model: modelReferenceSchema.meta({ description: 'As the request names it.' }),
      place: z
        .number()
        .int()
        .min(0)
        .meta({
          description:
            'Its colour and sign in figures: the place of its id among the models of the deployment, ' +
            'from 0, which no other in this answer has. Where versions of one model stand side by side ' +
            'that in production has it, else the first; all others stand behind the models that there are.',
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

const looks = { theme: themeParameter, locale: localeParameter };

export const embedComparisonSchema = accuracyPlotSchema;
export type EmbedComparison = z.output<typeof embedComparisonSchema>;

/** A round as the front page has it, put before as many models as are named. */
export const embedSceneSchema = z.strictObject({
  ...explorerParametersSchema.shape,
  models: modelsParameter.meta({
    description: 'By default one that was trained on text alone, and one that sees.',
  }),
  ...looks,
});
export type EmbedScene = z.output<typeof embedSceneSchema>;

export const embedMechanismSchema = z.strictObject({
  models: modelsParameter.meta({
    description: `By default the first ${API_LIMITS.modelsInFigures} that were probed.`,
  }),
  ...conditionParameters,
  ...looks,
});
export type EmbedMechanism = z.output<typeof embedMechanismSchema>;

// --- Badges ---------------------------------------------------------------------------------------

export const badgeSchema = z.strictObject({
  range: z
    .enum(['id', 'ood'], { error: 'range must be id or ood' })
    .default('ood')
    .meta({
      description: `Scenes of up to ${LIMITS.inDistribution} objects, as in training, or of more.`,
    }),
  ...conditionParameters,
});

export const badgePathSchema = z.object({
  file: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}\.(svg|json)$/, 'a badge is called <model>.svg or <model>.json')
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

const pixels = (what: string) =>
  z.coerce
    .number({ error: `${what} must be a whole number of pixels` })
    .int(`${what} must be a whole number of pixels`)
    .min(1, `${what} must be at least 1 pixel`);

/** Other parameters may be sent along, and mean nothing here. */
export const oembedSchema = z.object({
  url: z.string({ error: 'url must be an address of this deployment' }).meta({
    description: 'The page to embed: its whole address, or its path and query.',
    example: '/embed/comparison?models=text-only,image-text',
  }),
  format: z.string().default('json').meta({ description: 'json or xml.' }),
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

/** What Open Graph pictures are, in pixels. */
export const PREVIEW_SIZE = { width: 1200, height: 630 } as const;

const widthParameter = z.preprocess(
  (text) => (typeof text === 'string' && /^\d{1,4}$/.test(text) ? Number(text) : text),
  z
    .number({ error: `width must be a whole number from 1 to ${PREVIEW_SIZE.width}` })
    .int()
    .min(1, `width must be at least 1`)
    .max(PREVIEW_SIZE.width, `width must be at most ${PREVIEW_SIZE.width}`)
    .default(PREVIEW_SIZE.width)
    .meta({ description: 'Pixels; the height follows.' }),
);

const preview = { theme: z.enum(['light', 'dark']).default('light'), width: widthParameter };

export const previewSchemas = {
  comparison: embedComparisonSchema.extend(preview),
  scene: embedSceneSchema.extend(preview),
  mechanism: embedMechanismSchema.extend(preview),
} as const satisfies Record<EmbedKind, z.ZodType>;
