import { z } from 'zod';

/** The shape of a model: what has to be known to build its parameters and its forward pass. */
export const modelConfigSchema = z.object({
  layers: z.number().int().min(1).max(48),
  width: z.number().int().min(4).max(4096),
  heads: z.number().int().min(1).max(64),
  /** Base of the rotary angles; small, since sequences are short (findings: halves the time to form). */
  ropeBase: z.number().positive(),
  /** Rows of the learned absolute position table, 0 for none; initialised as sinusoids. */
  absolutePositions: z.number().int().min(0).max(4096),
  /** Width of the frozen encoder's patch features, 0 for a model that reads text only. */
  patchFeatures: z.number().int().min(0).max(4096),
  /** Standard deviation of the token embeddings at the start. */
  embeddingStd: z.number().positive(),
});
export type ModelConfig = z.infer<typeof modelConfigSchema>;
