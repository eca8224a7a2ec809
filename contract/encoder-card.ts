import { z } from 'zod';
import { fileSchema, proportionSchema } from './card.ts';
import { encoderIdentitySchema } from './recipe.ts';

/** How well a linear probe reads colour and shape of pairs that it was not fitted on. */
export const decodabilitySchema = z.object({
  /** Number of colours, and of shapes. */
  names: z.number().int().min(2),
  /** Ridge regression to one-hot labels, or the nearest class mean. */
  probe: z.enum(['ridge', 'nearest-mean']),
  colour: proportionSchema,
  shape: proportionSchema,
});
export type Decodability = z.infer<typeof decodabilitySchema>;

/** `models/encoders/<name>/card.json`: a shipped frozen encoder. */
export const encoderCardSchema = z.object({
  schema: z.literal(1),
  /** One paragraph. */
  description: z.string(),
  encoder: encoderIdentitySchema,
  file: fileSchema.extend({ name: z.literal('encoder.onnx') }),
  training: z.object({
    /** The command line that makes the file. */
    command: z.string(),
    /** Commit of this repository that made the file. */
    commit: z.string(),
    seed: z.number().int(),
    /** Optimiser steps; 0 for an untrained encoder. */
    steps: z.number().int().min(0),
    seconds: z.number(),
  }),
  /** On colour-shape pairs that neither the encoder nor the probe was fitted on. */
  decodability: z.array(decodabilitySchema),
});
export type EncoderCard = z.infer<typeof encoderCardSchema>;
