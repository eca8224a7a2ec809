import { z } from 'zod';
import { associationOrderSchema, modalitySchema } from '../task/spec.ts';
import { cardSummarySchema, proportionSchema } from './card.ts';
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

export const modelSummarySchema = cardSummarySchema.omit({ files: true, evaluation: true }).extend({
  regime: z.string().nullable().meta({ description: 'null for an imported model.' }),
  description: z.string(),
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

export const modelListSchema = z.object({ models: z.array(modelSummarySchema) });
