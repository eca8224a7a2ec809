import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIXTURES_DIRECTORY } from '../../build/paths.ts';
import { createClient, ProblemError } from '../../client/index.ts';
import { compareResponseSchema, compareSchema } from '../../contract/comparisons.ts';
import { problemOf } from '../../contract/problems.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import {
  startWorker,
  withEvaluations,
  WRITE_TOKEN,
  type RunningWorker,
} from '../../harness/worker.ts';
import { compareByRequests } from '../../services/comparison-requests.ts';
import { bindscope } from '../support/cli.ts';

const MODELS = `${FIXTURES.text},${FIXTURES.seeing}`;
let worker: RunningWorker;
let bare: RunningWorker;
beforeAll(async () => {
  worker = await startWorker(undefined, withEvaluations());
  await worker.migrate();
  bare = await startWorker(undefined, { bindings: { WRITE_TOKEN } });
});
afterAll(() => Promise.all([worker.stop(), bare.stop()]));

const compare = (args: readonly string[], token: Record<string, string> = {}, models = MODELS) =>
  bindscope(['compare', '--models', models, '--json', ...args], token);
const TOKEN = { BINDSCOPE_TOKEN: WRITE_TOKEN };

describe('bindscope compare', () => {
  const kind = ['--objects', '3,9', '--queries', '250', '--start', '50', '--seed', '4'];
  const whole = async () =>
    (
      await worker.fetch(`/v1/compare?models=${MODELS}&objects=3,9&queries=250&start=50&seed=4`)
    ).text();

  it('prints the same here, by a server in parts, and as an evaluation of the server', async () => {
    const expected: unknown = JSON.parse(await whole());
    const here = await compare([...kind, '--models-dir', FIXTURES_DIRECTORY, '--runtime', 'wasm']);
    expect(JSON.parse(here.out)).toEqual(expected);
    const served = await compare([...kind, '--url', worker.url.href]);
    expect(served).toEqual({ code: 0, err: '', out: here.out });
    const remote = await compare([...kind, '--url', worker.url.href, '--remote'], TOKEN);
    expect(remote).toMatchObject({ code: 0, out: here.out });
    const id = /^evaluation ([0-9a-f]{32}): http.*\/evaluations\/\1$/m.exec(remote.err)?.[1];
    // The same command finds it.
    const again = await compare([...kind, '--url', worker.url.href, '--remote'], TOKEN);
    expect(again.err).toContain(`evaluation ${String(id)}`);
    const { evaluations } = await createClient({ url: worker.url }).evaluations.list();
    expect(evaluations.map((one) => one.id)).toEqual([id]);
  });

  it('adds sweeps and knockouts, the same here and as an evaluation', async () => {
    const what = ['--objects', '4', '--queries', '20', '--sweep-pairs', '70'];
    const cuts = ['--knockouts', 'query:association-item:0-0', '--knockout-queries', '40'];
    const args = [...what, ...cuts];
    const here = await compare([...args, '--models-dir', FIXTURES_DIRECTORY, '--runtime', 'wasm']);
    const url = ['--url', worker.url.href];
    const remote = await compare([...args, ...url, '--remote', '--label', 'cuts'], TOKEN);
    expect(remote).toMatchObject({ code: 0, out: here.out });
    expect(JSON.parse(here.out)).toMatchObject({
      sweeps: [{ pairs: 70 }, { pairs: 70 }],
      knockouts: [
        { layers: [0, 0], queries: { count: 40 } },
        { layers: [0, 0], queries: { count: 40 } },
      ],
    });
    const { evaluations } = await createClient({ url: worker.url }).evaluations.list({
      label: 'cuts',
    });
    expect(remote.err).toContain(`evaluation ${String(evaluations[0]?.id)}:`);
    for (const [given, fault] of [
      [['--sweep-pairs', '2', ...url], '--sweep-pairs and --knockouts need --remote or'],
      [['--label', 'x', ...url], '--label needs --remote'],
      [['--knockout-queries', '2', ...url], '--knockout-queries needs --knockouts'],
      [['--knockouts', 'query:nothing', ...url], 'a group of tokens must be one of'],
      [['--sweep-pairs', '2', '--remote', '--url', bare.url.href], 'has no evaluations'],
    ] as const) {
      const refused = await compare(given, TOKEN);
      expect(refused).toMatchObject({ code: 2, out: '' });
      expect(refused.err).toContain(fault);
    }
  });

  it('cuts up what is more than one request may ask, also for a server without evaluations', async () => {
    const args = ['--objects', '2', '--queries', '2100', '--url'];
    const cut = await compare([...args, bare.url.href, '--remote'], TOKEN, FIXTURES.text);
    expect(cut.err).toBe(
      'this deployment has no evaluations: they need a database and a workflow: the comparison is sent in parts\n',
    );
    const kept = await compare([...args, worker.url.href, '--remote'], TOKEN, FIXTURES.text);
    expect(JSON.parse(cut.out)).toEqual(JSON.parse(kept.out));
    expect(compareResponseSchema.parse(JSON.parse(cut.out)).queries.count).toBe(2100);
  });

  it('prints tables, or writes a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bindscope-compare-'));
    const file = join(folder, 'result.json');
    const { code, out } = await compare([file, ...kind, '--url', worker.url.href]);
    expect(code).toBe(0);
    const { models, pairs } = compareResponseSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    const share = (100 * (models[0]?.byObjects[0]?.correct ?? Number.NaN)) / 250;
    expect(out).toContain(`${share.toFixed(1)} %`);
    expect(out).toContain(`${FIXTURES.text} - ${FIXTURES.seeing}`);
    expect(pairs).toHaveLength(1);
    rmSync(folder, { recursive: true });
  });

  it('says what is wrong', async () => {
    const url = ['--url', worker.url.href];
    const writes = await compare([...url, '--remote']);
    expect(writes).toMatchObject({ code: 2, out: '' });
    expect(writes.err).toMatch(/^error: .*token/);
    const unknown = await bindscope(['compare', '--models', 'nobody', ...url]);
    expect(unknown.err).toMatch(/^error: there is no model "nobody"/);
    const many = await compare([...url, '--queries', '100001']);
    expect(many.err).toContain('option --queries "100001": queries must be');
    const both = await compare(['--models-dir', FIXTURES_DIRECTORY, '--remote']);
    expect(both.err).toContain("'--remote' cannot be used with option '--models-dir");
  });
});

it('parts become smaller where the server refuses them, and give what one request gives', async () => {
  const client = createClient({ url: worker.url });
  const sizes: number[] = [];
  const strict: Pick<typeof client, 'model' | 'compareStream'> = {
    model: (id) => client.model(id),
    async *compareStream(request) {
      sizes.push(request.queries ?? 0);
      if ((request.queries ?? 0) > 300)
        throw new ProblemError(problemOf('too-much-work', 'too much'));
      yield* client.compareStream(request);
    },
  };
  const kind = { models: MODELS.split(','), objects: [9], queries: 700, start: 10 };
  const expected = await client.compare({ ...kind, byPosition: 'association' });
  const request = compareSchema.parse({ ...kind, byPosition: 'association' });
  expect(await compareByRequests(strict, request)).toEqual(expected);
  // 1,920, halved in whole ranges: 960, 480, 192. The first part begins at query 10.
  expect(sizes.slice(0, 4)).toEqual([700, 700, 470, 182]);
});
