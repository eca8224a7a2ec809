import { z } from 'zod';
import {
  associationOrderSchema,
  modalitySchema,
  objectsSchema,
  splitSchema,
} from '../task/spec.ts';
import { sha256Schema } from './recipe.ts';

/**
 * `answers.json` beside a card: which test queries the model got right, one by one, so that models can
 * be compared pair by pair without being run again.
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
