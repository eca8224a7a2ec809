import { z } from 'zod';

/** What a deployment has switched on; nothing in it is secret. */
export const deploymentSchema = z
  .object({
    code: z.string().meta({ description: 'Hash of the code that answers.' }),
    features: z.object({
      registry: z.boolean().meta({ description: 'Models can be published: a bucket is bound.' }),
      history: z.boolean().meta({ description: 'Runs can be saved: a database is bound.' }),
      writes: z.boolean().meta({ description: 'A valid token that allows writing is set.' }),
      rateLimits: z.object({ read: z.boolean(), compute: z.boolean() }),
      metrics: z.boolean().meta({ description: 'Requests are counted in Analytics Engine.' }),
    }),
  })
  .meta({ id: 'Deployment' });
export type DeploymentDescription = z.infer<typeof deploymentSchema>;
export type DeploymentFeatures = DeploymentDescription['features'];
