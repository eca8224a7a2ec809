import { z } from 'zod';
import {
  associationOrderSchema,
  modalitySchema,
  objectsSchema,
  splitSchema,
} from '../task/spec.ts';
import { sha256Schema } from './recipe.ts';

/**
 * `answers.json` of a model: whether it answers each test query correctly. Paired tests of two models
 * need no further run.
 */
export const answersSchema = z.object({
  schema: z.literal(1),
  /** SHA-256 of the `model.onnx` that answered. */
  digest: sha256Schema,
  split: splitSchema,
  seed: z.number().int(),
  results: z.array(
    z.object({
      modality: modalitySchema,
      order: associationOrderSchema,
      objects: objectsSchema,
      count: z.number().int().min(1),
      /** See `packBits`. */
      correct: z.base64(),
    }),
  ),
});
export type Answers = z.infer<typeof answersSchema>;
