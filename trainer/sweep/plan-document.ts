import { z } from 'zod';
import type { EngineName } from '../engines/index.ts';
import type { Job } from './plan.ts';
import { resourcesOf } from './resources.ts';

/** A sweep for other schedulers: `npm run sweep -- --dry-run --json` prints it. */
export const planDocumentSchema = z.object({
  schema: z.literal(1),
  /** The command line of a job is these words, then its `arguments`; run it in the repository's folder. */
  program: z.array(z.string()).min(1),
  /** Each job stands after the jobs that it needs. */
  jobs: z.array(
    z.object({
      id: z.string(),
      arguments: z.array(z.string()),
      /** Ids of the jobs that must end with status 0 before it starts. */
      after: z.array(z.string()),
      resources: z.object({
        cpus: z.int(),
        /** In 2^20 bytes. */
        memory: z.int(),
        /** A training that is stopped by SIGTERM saves and exits with 143: start it again. */
        minutes: z.int(),
        gpus: z.int(),
      }),
    }),
  ),
});

/** The plan as a document. */
export function planDocument(
  jobs: readonly Job[],
  engine: EngineName,
): z.infer<typeof planDocumentSchema> {
  return {
    schema: 1,
    program: ['npx', 'tsx', 'trainer/cli.ts'],
    jobs: jobs.map((job) => ({
      id: job.id,
      arguments: [...job.command],
      after: [...job.after],
      resources: resourcesOf(job, engine),
    })),
  };
}
