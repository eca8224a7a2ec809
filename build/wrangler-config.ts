import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import { z } from 'zod';
import { ROOT } from './paths.ts';

/** What a local worker takes from `wrangler.toml`; deployments have the rest. */
const configSchema = z.object({
  compatibility_date: z.string(),
  ratelimits: z.array(
    z.object({
      name: z.string(),
      simple: z.object({ limit: z.number(), period: z.literal([10, 60]) }),
    }),
  ),
  r2_buckets: z.array(z.object({ binding: z.string(), bucket_name: z.string() })),
  workflows: z.array(z.object({ binding: z.string(), name: z.string(), class_name: z.string() })),
  d1_databases: z.array(z.object({ binding: z.string(), database_id: z.string() })),
});

/** Wrangler's own reader would do, and takes two seconds to load. */
export const readWranglerConfig = (): z.output<typeof configSchema> =>
  configSchema.parse(parse(readFileSync(`${ROOT}wrangler.toml`, 'utf8')));
