import { z } from 'zod';

/** What a deployment has switched on; nothing in it is secret. */
export const deploymentSchema = z
  .object({
    code: z.string().meta({ description: 'Hash of the code that answers.' }),
    features: z.object({
      registry: z.boolean().meta({ description: 'Models can be published: a bucket is bound.' }),
      history: z.boolean().meta({ description: 'Runs can be saved: a database is bound.' }),
      evaluations: z.boolean().meta({
        description: 'Long evaluations can run: a database and a workflow are bound.',
      }),
      watches: z.boolean().meta({
        description: 'Checks can be repeated on a schedule: a database and a workflow are bound.',
      }),
      notices: z.object({
        on: z.boolean().meta({
          description: 'Watches can have webhooks: WEBHOOK_KEY, which encrypts them, is set.',
        }),
        valid: z.boolean().meta({ description: 'Where false, WEBHOOK_KEY is too short.' }),
      }),
      writes: z.boolean().meta({ description: 'A valid token that allows writing is set.' }),
      writeTokens: z.object({
        single: z.boolean().meta({ description: 'WRITE_TOKEN, which has all scopes, is set.' }),
        named: z.number().int().min(0).meta({ description: 'Number of tokens in WRITE_TOKENS.' }),
        valid: z.boolean().meta({ description: 'Where false, nobody can write.' }),
      }),
      signatures: z.object({
        keys: z
          .number()
          .int()
          .min(0)
          .meta({ description: 'Number of public keys in SIGNING_KEYS.' }),
        required: z.boolean().meta({ description: 'Unsigned models are refused.' }),
        valid: z.boolean().meta({ description: 'Where false, nothing can be published.' }),
      }),
      rateLimits: z.object({ read: z.boolean(), compute: z.boolean() }),
      metrics: z.boolean().meta({ description: 'Requests are counted in Analytics Engine.' }),
    }),
  })
  .meta({ id: 'Deployment' });
export type DeploymentDescription = z.infer<typeof deploymentSchema>;
export type DeploymentFeatures = DeploymentDescription['features'];
