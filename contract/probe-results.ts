import { z } from 'zod';
import { associationOrderSchema, modalitySchema, objectsSchema } from '../task/spec.ts';
import { proportionSchema } from './card.ts';
import { answeredBySchema, digestSchema, summarySchema } from './interventions.ts';
import { API_LIMITS } from './limits.ts';
import { modelReferenceSchema } from './model-reference.ts';
import { modelPathSchema } from './models.ts';
import {
  interchangeSchema,
  outcomeSharesSchema,
  PROBE_SECTIONS,
  probeSectionSchema,
  probesSchema,
} from './probes.ts';
import { listInUrl } from './url-parameters.ts';

/** Probe results of models: requests and responses. The results themselves are in `probes.ts`. */

export const getProbesSchema = z.strictObject({
  section: z
    .enum(PROBE_SECTIONS, { error: `section must be one of ${PROBE_SECTIONS.join(', ')}` })
    .optional()
    .meta({ description: 'One section; by default all.' }),
});

export const probesResponseSchema = probesSchema.extend({ summary: summarySchema });

export const probePlotPathSchema = modelPathSchema.extend({
  file: z
    .enum(
      PROBE_SECTIONS.map((section) => `${section}.svg` as const),
      {
        error: `a plot must be one of ${PROBE_SECTIONS.map((section) => `${section}.svg`).join(', ')}`,
      },
    )
    .transform((file) => probeSectionSchema.parse(file.replace('.svg', '')))
    .meta({ example: 'interchange.svg' }),
});

export const compareProbesSchema = z.strictObject({
  models: listInUrl('models', modelReferenceSchema, API_LIMITS.modelsPerRequest).meta({
    example: ['text-only', 'image-text'],
  }),
});

export const MECHANISMS = ['positional', 'symbolic', 'both', 'neither', 'unknown'] as const;

const comparedModelSchema = interchangeSchema
  .pick({
    pairs: true,
    solved: true,
    firstCausalLayer: true,
    peakLayer: true,
    ratioAtPeak: true,
    ratioAtFirstCausal: true,
  })
  .extend({
    model: answeredBySchema,
    digest: digestSchema,
    mechanism: z.enum(MECHANISMS).meta({
      description:
        'The outcome that is significantly more frequent at the peak layer; both where neither is, and ' +
        'neither where the two together are less than half of the outcomes.',
    }),
    peak: outcomeSharesSchema.nullable(),
    ood: proportionSchema.nullable().meta({
      description:
        'Accuracy with more than 8 objects, from the card; null where it was not measured.',
    }),
  });
export type ComparedModel = z.infer<typeof comparedModelSchema>;

export const compareProbesResponseSchema = z.object({
  conditions: z
    .array(
      z.object({
        modality: modalitySchema,
        order: associationOrderSchema,
        objects: objectsSchema,
        models: z.array(comparedModelSchema),
      }),
    )
    .meta({ description: 'The models by kind of queries.' }),
  summary: summarySchema,
});
export type CompareProbesResponse = z.infer<typeof compareProbesResponseSchema>;
