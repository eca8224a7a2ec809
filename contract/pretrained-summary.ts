import { z } from 'zod';
import { ratioSchema } from './probes.ts';

/** What the page of language models shows of `results/pretrained/`, beside the figures of the paper. */

const measuredSchema = z.object({
  name: z.string(),
  solved: z.number().int(),
  pairs: z.number().int(),
  /** Null where no pair is solved. */
  peak: z.object({ layer: z.number().int(), ratio: ratioSchema }).nullable(),
});
export type MeasuredLanguageModel = z.infer<typeof measuredSchema>;

export const pretrainedSummarySchema = z.object({
  pairs: z.array(
    z.object({
      /** A language model, and the one that sees and was trained from it. */
      models: z.array(z.string()).length(2),
      paper: z.object({ ratios: z.array(z.number()).length(2), layer: z.number().int() }),
      /** Null where it was not run. */
      measured: z.array(measuredSchema).nullable(),
    }),
  ),
  /** Models of this project, of known mechanism, by the same command. */
  known: z.array(measuredSchema),
});
export type PretrainedSummary = z.infer<typeof pretrainedSummarySchema>;
