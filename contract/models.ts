import { z } from 'zod';
import { associationOrderSchema, modalitySchema } from '../task/spec.ts';
import {
  cardSummarySchema,
  importedCardSchema,
  proportionSchema,
  trainedCardSchema,
} from './card.ts';
import { modelReferenceSchema } from './model-reference.ts';

/** Requests and responses about models; the card itself is in `card.ts`. */

export const modelPathSchema = z.object({
  id: modelReferenceSchema.meta({ example: 'text-only' }),
});

export const modelFilePathSchema = modelPathSchema.extend({
  name: z
    .enum(['model.onnx', 'encoder.onnx'], {
      error: 'a file must be model.onnx or, for a model that reads pictures, encoder.onnx',
    })
    .meta({ example: 'model.onnx' }),
});

const signedBySchema = z.string().nullable().meta({
  description:
    'The name of the key of this deployment that signed all files of the model; null for none, as for shipped models.',
});

export const modelSummarySchema = cardSummarySchema.omit({ files: true, evaluation: true }).extend({
  regime: z.string().nullable().meta({ description: 'null for an imported model.' }),
  description: z.string(),
  signedBy: signedBySchema,
  accuracy: z
    .array(
      z.object({
        modality: modalitySchema,
        order: associationOrderSchema,
        id: proportionSchema.meta({ description: 'Up to 8 objects, as in training.' }),
        ood: proportionSchema.meta({ description: 'More than 8 objects.' }),
      }),
    )
    .meta({ description: 'Measured on unseen test queries when the model was exported.' }),
  links: z.object({
    self: z.string(),
    files: z.array(z.string()),
    huggingface: z.string().nullable().meta({
      description: 'For Hugging Face transformers; null for a model that is no GPT-NeoX.',
    }),
  }),
});
export type ModelSummary = z.infer<typeof modelSummarySchema>;

/** A card, and who signed the model. */
export const servedCardSchema = z.discriminatedUnion('kind', [
  trainedCardSchema.extend({ signedBy: signedBySchema }),
  importedCardSchema.extend({ signedBy: signedBySchema }),
]);

export const modelListSchema = z.object({ models: z.array(modelSummarySchema) });
