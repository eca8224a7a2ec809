import { z } from 'zod';

/** Beside the cards of a sweep: why a branch has none. */
export const FAILURE_FILE = 'failed.json';

export const failureSchema = z.object({
  schema: z.literal(1),
  /** The job that failed, or that was skipped because another did. */
  job: z.string(),
  reason: z.string(),
});
