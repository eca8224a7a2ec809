import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT, SHIPPED_DIRECTORY } from '../../build/paths.ts';
import { fetchDocument, operationsOf, type Operation } from '../../harness/openapi.ts';
import { uploadOf } from '../../harness/submission.ts';
import { recordBaseline } from '../../harness/watch.ts';
import {
  startWorker,
  withEvaluations,
  WITH_REGISTRY,
  WRITE_TOKEN,
  type RunningWorker,
} from '../../harness/worker.ts';
import { startProcess } from '../support/cli.ts';

/** A client that openapi-typescript and openapi-fetch make from `/openapi.json` compiles, and gets each JSON answer. */

/** Below `node_modules`, so that imports are found. */
const project = join(ROOT, 'dist/openapi-client');
let worker: RunningWorker;
let routes: string[];

beforeAll(async () => {
  worker = await startWorker(SHIPPED_DIRECTORY, { ...WITH_REGISTRY, ...withEvaluations() });
  await worker.migrate();
  routes = operationsOf(await fetchDocument(worker))
    .filter(answersJson)
    .map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  rmSync(project, { recursive: true, force: true });
  mkdirSync(project, { recursive: true });
  cpSync(join(ROOT, 'test/fixtures/openapi-client'), project, { recursive: true });
  const types = await openapiTypescript(new URL('/openapi.json', worker.url));
  writeFileSync(join(project, 'openapi.d.ts'), astToString(types));
});
afterAll(() => worker.stop());

const answersJson = ({ responses }: Operation) =>
  Object.entries(responses).some(
    ([status, { content }]) =>
      status.startsWith('2') && Object.keys(content ?? {}).some((type) => type.endsWith('json')),
  );

it('has types that a strict project compiles with', async () => {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const compiled = await startProcess(project, process.execPath, [compiler, '-p', '.']);
  expect(compiled).toEqual({ code: 0, out: '', err: '' });
});

it('calls every JSON route of the document', async () => {
  const files = uploadOf('text-only', SHIPPED_DIRECTORY);
  // What was compiled.
  const program = (await import(pathToFileURL(join(project, 'calls.js')).href)) as {
    callEveryRoute: (given: unknown) => Promise<{ called: string[]; answers: unknown }>;
  };
  const baseline = await recordBaseline(worker.url.href, 'text-only');
  const runCron = () => worker.runCron();
  const given = { url: worker.url.href, token: WRITE_TOKEN, files, baseline, runCron };
  const { called, answers } = await program.callEveryRoute(given);
  expect(routes.length).toBeGreaterThan(35);
  expect([...new Set(called)].sort()).toEqual([...routes].sort());
  expect(answers).toMatchObject({
    card: 'text-only',
    accuracy: ['text-only', 'image-text'],
    query: 'test.text.context.indirect.n8.v40-40-32.z0.g6.s0.i12.q3',
    compared: ['text-only', 'image-text'],
    probed: 'text-only',
    intervention: 'image-text',
    knockout: 32,
    published: { version: 1, note: 'first' },
    promoted: 1,
    rolledBack: 1,
    removed: [],
    saved: true,
    run: ['comparison', true, true],
    points: 1,
    evaluation: 'done',
    counts: [1, 1],
    ...{
      watches: ['production'],
      watched: ['text-only'],
      verdict: 'pass',
      watchBadge: 'production',
      watchLines: true,
      unwatched: true,
    },
    ready: [true, true, true, true],
    inputs: ['tokens', 'positions', 'attention_bias', 'answer_index'],
    outputs: ['logits'],
    embed: 'rich',
  });
});
