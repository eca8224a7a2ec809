import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT } from '../../build/paths.ts';
import {
  startWorker,
  WEBHOOK_KEY,
  withEvaluations,
  WRITE_TOKEN,
  type RunningWorker,
} from '../../harness/worker.ts';
import { bindscope } from '../support/cli.ts';
import { copyModels, truncate } from '../support/damage.ts';

/** `bindscope doctor`: what of a deployment is on, what does not work, and what to do about it. */

let worker: RunningWorker;
afterEach(() => worker.stop());

const diagnosisSchema = z.object({
  url: z.string(),
  code: z.string(),
  parts: z.array(z.object({ part: z.string(), state: z.string(), detail: z.string() })),
});

/** The exit code, and the state and the detail of each part. */
async function diagnose() {
  const { code, out } = await bindscope(['doctor', '--json', '--url', worker.url.href]);
  const { parts } = diagnosisSchema.parse(JSON.parse(out));
  return {
    code,
    states: Object.fromEntries(parts.map(({ part, state }) => [part, state])),
    details: Object.fromEntries(parts.map(({ part, detail }) => [part, detail])),
  };
}

const BINDINGS = [
  ...['REGISTRY', 'HISTORY', 'WRITE_TOKENS', 'WRITE_TOKEN', 'SIGNING_KEYS'],
  ...['EVALUATIONS', 'WEBHOOK_KEY', 'RATE_LIMIT_READ', 'METRICS'],
];
const PUBLIC_KEY = readFileSync(join(ROOT, 'test/fixtures/model-signing/key.pub.pem'), 'utf8');
const NAMED = { sha256: 'ab'.repeat(32), scopes: ['publish'] };

it('names each binding that is absent, which is no fault', async () => {
  worker = await startWorker();
  const { code, states } = await diagnose();
  expect(code).toBe(0);
  expect(states).toEqual({
    ...{ models: 'on', registry: 'off', history: 'off', writes: 'off', signatures: 'off' },
    ...{ evaluations: 'off', watches: 'off', notices: 'off' },
    ...{ 'rate limits': 'off', metrics: 'off', cache: 'on', cron: 'off' },
  });
  const { out } = await bindscope(['doctor', '--url', worker.url.href]);
  expect(out).toMatch(/^on {4}models {6}each of \d+ models answers a query$/m);
  for (const binding of BINDINGS) expect(out).toContain(binding);
});

it('tries what is on, and finds tables that were not made', async () => {
  const limit = { simple: { limit: 100, period: 60 as const } };
  worker = await startWorker(undefined, {
    r2Buckets: ['REGISTRY'],
    ...withEvaluations(),
    bindings: {
      WRITE_TOKEN,
      WEBHOOK_KEY,
      WRITE_TOKENS: JSON.stringify({ ci: NAMED }),
      SIGNING_KEYS: JSON.stringify({ anna: PUBLIC_KEY }),
    },
    ratelimits: { RATE_LIMIT_READ: limit, RATE_LIMIT_COMPUTE: limit },
    wrappedBindings: { METRICS: { scriptName: 'metrics' } },
    besides: [
      {
        name: 'metrics',
        modules: true,
        script: 'export default () => ({ writeDataPoint: () => undefined })',
      },
    ],
  });
  const before = await diagnose();
  expect(before).toMatchObject({ code: 1, states: { history: 'fault', registry: 'on' } });
  expect(before.details['history']).toContain('npx wrangler d1 migrations apply HISTORY');
  expect(before.details).toMatchObject({
    writes: 'tokens: WRITE_TOKEN, with all scopes; 1 named in WRITE_TOKENS',
    signatures:
      'public keys: 1; unsigned models are accepted, too, until REQUIRE_SIGNATURE is true',
  });
  await worker.migrate();
  const after = await diagnose();
  expect(after.code).toBe(0);
  expect(Object.entries(after.states).filter(([, state]) => state !== 'on')).toEqual([]);
});

it.each([
  ['demands signatures', { SIGNING_KEYS: JSON.stringify({ anna: PUBLIC_KEY }) }, 'on', /must be/],
  [
    'demands them without a key',
    {},
    'fault',
    /nothing can be published: SIGNING_KEYS.*wrangler tail/,
  ],
])('says where a deployment %s', async (_, bindings, state, detail) => {
  const tokens = { WRITE_TOKENS: JSON.stringify({ ci: { ...NAMED, scopes: [] } }) };
  worker = await startWorker(undefined, {
    bindings: { ...bindings, ...tokens, REQUIRE_SIGNATURE: 'true', WEBHOOK_KEY: 'short' },
  });
  const { code, states, details } = await diagnose();
  expect({ code, ...states }).toMatchObject({ code: 1, signatures: state, writes: 'fault' });
  expect(details['signatures']).toMatch(detail);
  expect(details['writes']).toContain('nobody can write: WRITE_TOKENS is invalid');
  expect(states['notices']).toBe('fault');
});

it('finds a model that cannot be loaded', async () => {
  const damaged = copyModels('text-only');
  truncate(damaged, 'text-only');
  worker = await startWorker(damaged);
  const { code, states, details } = await diagnose();
  rmSync(damaged, { recursive: true });
  expect(code).toBe(1);
  expect(states['models']).toBe('fault');
  expect(details['models']).toMatch(/text-only.*wrangler rollback/);
});

it('says when it is no server, or one without this description', async () => {
  worker = await startWorker();
  const nowhere = await bindscope(['doctor', '--url', 'http://127.0.0.1:9']);
  expect(nowhere).toMatchObject({ code: 2, out: '' });
  const older = await bindscope(['doctor', '--url', new URL('/v2', worker.url).href]);
  expect(older).toMatchObject({ code: 2, out: '' });
  expect(older.err).toContain('older than `bindscope doctor`');
});
