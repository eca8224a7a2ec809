import { z } from 'zod';
import { fileSchema, proportionSchema } from './card.ts';
import { encoderIdentitySchema } from './recipe.ts';

/** How well a linear map names colour and shape of pairs that it never saw together. */
export const decodabilitySchema = z.object({
  /** So many colours, and as many shapes. */
  names: z.number().int().min(2),
  /** Ridge regression to one-hot labels, or the nearest mean of a class. */
  probe: z.enum(['ridge', 'nearest-mean']),
  colour: proportionSchema,
  shape: proportionSchema,
});
export type Decodability = z.infer<typeof decodabilitySchema>;

/** `models/encoders/<name>/card.json`: a frozen encoder that is shipped. */
export const encoderCardSchema = z.object({
  schema: z.literal(1),
  /** One paragraph for people. */
  description: z.string(),
  encoder: encoderIdentitySchema,
  file: fileSchema.extend({ name: z.literal('encoder.onnx') }),
  training: z.object({
    /** The command line that makes it again. */
    command: z.string(),
    /** Commit of this repository that made it. */
    commit: z.string(),
    seed: z.number().int(),
    /** Optimiser steps, 0 where nothing is learnt. */
    steps: z.number().int().min(0),
    seconds: z.number(),
  }),
  /** On colour-shape pairs that neither the encoder nor the probe was fitted on. */
  decodability: z.array(decodabilitySchema),
});
export type EncoderCard = z.infer<typeof encoderCardSchema>;
