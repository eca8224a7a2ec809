import { readFileSync } from 'node:fs';
import { unstable_readConfig as readConfig } from 'wrangler';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RATE_LIMITS } from '../../contract/rate-limits.ts';
import { ROOT } from '../../build/paths.ts';

const ENVIRONMENTS = [undefined, 'staging', 'production'];

const configSchema = z.object({
  r2_buckets: z.array(z.object({ binding: z.string(), bucket_name: z.string().optional() })),
  d1_databases: z.array(
    z.object({
      binding: z.string(),
      database_name: z.string().optional(),
      database_id: z.string().optional(),
    }),
  ),
  ratelimits: z.array(
    z.object({
      name: z.string(),
      namespace_id: z.string(),
      simple: z.object({ limit: z.number(), period: z.number() }),
    }),
  ),
  assets: z.object({ binding: z.string(), directory: z.string() }),
  workflows: z.array(z.object({ binding: z.string(), name: z.string(), class_name: z.string() })),
  triggers: z.object({ crons: z.array(z.string()) }),
  observability: z.object({ enabled: z.boolean() }),
  build: z.object({ command: z.string() }),
});

/** The configuration as wrangler understands it. */
const configOf = (env: string | undefined) =>
  configSchema.parse(readConfig({ config: `${ROOT}wrangler.toml`, ...(env && { env }) }));

const counters = (env: string | undefined) =>
  configOf(env).ratelimits.map(({ namespace_id }) => namespace_id);

describe.each(ENVIRONMENTS)('the environment %s', (env) => {
  it('counts requests as the contract says', () => {
    const limits = configOf(env).ratelimits.map(({ name, simple }) => [name, simple]);
    expect(Object.fromEntries(limits)).toEqual({
      RATE_LIMIT_READ: RATE_LIMITS.read,
      RATE_LIMIT_COMPUTE: RATE_LIMITS.compute,
    });
  });

  it('serves what the others serve', () => {
    const { assets, observability, build } = configOf(env);
    expect(assets).toEqual(configOf(undefined).assets);
    expect(observability.enabled).toBe(true);
    expect(build).toEqual(configOf(undefined).build);
  });

  it('has the workflows under names of its own, and the cron', () => {
    const { workflows, triggers } = configOf(env);
    expect(workflows.map(({ binding, class_name }) => [binding, class_name])).toEqual([
      ['EVALUATIONS', 'EvaluationWorkflow'],
      ['WATCHES', 'WatchWorkflow'],
    ]);
    const others = ENVIRONMENTS.filter((other) => other !== env).flatMap((other) =>
      configOf(other).workflows.map(({ name }) => name),
    );
    expect(workflows.filter(({ name }) => others.includes(name))).toEqual([]);
    expect(triggers.crons).toEqual(['*/15 * * * *']);
  });

  it('counts apart from the others', () => {
    const others = ENVIRONMENTS.filter((other) => other !== env).flatMap(counters);
    expect(counters(env).filter((id) => others.includes(id))).toEqual([]);
  });
});

describe('the button "Deploy to Cloudflare"', () => {
  const manifest = z
    .object({
      scripts: z.record(z.string(), z.string()),
      cloudflare: z.object({
        bindings: z.record(z.string(), z.object({ description: z.string().min(1) })),
      }),
    })
    .parse(JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')));
  const { r2_buckets: buckets, d1_databases: databases } = configOf(undefined);
  const secrets = readFileSync(`${ROOT}.dev.vars.example`, 'utf8').match(/^\w+(?==)/gm) ?? [];

  it('finds a default name and id of each resource', () => {
    expect(buckets.map((bucket) => bucket.bucket_name)).toEqual(['bindscope-registry']);
    expect(databases).toMatchObject([
      { database_name: 'bindscope-history', database_id: expect.stringMatching(/./) as string },
    ]);
  });

  it('finds a description of each resource and secret', () => {
    const names = [...buckets, ...databases].map(({ binding }) => binding);
    expect(Object.keys(manifest.cloudflare.bindings).sort()).toEqual([...names, ...secrets].sort());
    expect(secrets).toEqual(['WRITE_TOKEN', 'WEBHOOK_KEY']);
  });

  it('migrates each database by its binding, as its name may be another one there', () => {
    for (const { binding } of databases) {
      expect(manifest.scripts['migrate']).toContain(`d1 migrations apply ${binding} --remote`);
    }
    expect(manifest.scripts['deploy']).toMatch(/^npm run migrate && wrangler deploy/);
  });
});
