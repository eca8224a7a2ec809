import { unstable_readConfig as readConfig } from 'wrangler';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RATE_LIMITS } from '../../contract/rate-limits.ts';
import { ROOT } from '../../build/paths.ts';

const ENVIRONMENTS = [undefined, 'staging', 'production'];

const configSchema = z.object({
  ratelimits: z.array(
    z.object({
      name: z.string(),
      namespace_id: z.string(),
      simple: z.object({ limit: z.number(), period: z.number() }),
    }),
  ),
  assets: z.object({ binding: z.string(), directory: z.string() }),
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

  it('counts apart from the others', () => {
    const others = ENVIRONMENTS.filter((other) => other !== env).flatMap(counters);
    expect(counters(env).filter((id) => others.includes(id))).toEqual([]);
  });
});
