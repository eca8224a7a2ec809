import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Baseline } from '../../contract/baseline.ts';
import { predictResponseSchema } from '../../contract/predictions.ts';
import { querySchema } from '../../contract/queries.ts';
import { checkReportSchema } from '../../contract/regression.ts';
import {
  createdWatchSchema,
  watchDetailSchema,
  watchListSchema,
  watchRunListSchema,
  type WatchDetail,
} from '../../contract/watches.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import {
  read,
  readProblem,
  startWorker,
  WEBHOOK_KEY,
  withEvaluations,
  WRITE_TOKEN,
  type RunningWorker,
} from '../../harness/worker.ts';
import { madeBaseline } from '../../harness/recordings.ts';
import { recordBaseline } from '../../harness/watch.ts';
import { bindscope } from '../support/cli.ts';
import { WAIT } from '../support/wait.ts';

const PATH = '/v1/watches';
const MODEL = FIXTURES.text;

let worker: RunningWorker;
/** Of the other deployment, and of the worker's models. */
let baseline: Baseline;
let own: Baseline;

/** Another deployment: passes requests on to the worker, and makes all answers right, or breaks them. */
let mode: 'good' | 'wrong' | 'html' | 'redirect' | 'cut off' = 'good';
const other = serve(async (request, response) => {
  if (mode === 'html') return void response.end('<!doctype html><title>Sign in</title>');
  if (mode === 'redirect') return void response.writeHead(302, { location: '/' }).end();
  if (mode === 'cut off') {
    response.writeHead(200, { 'content-length': '1000' }).write('{');
    return void setTimeout(() => response.destroy(), 20);
  }
  const { method = 'GET', url = '/' } = request;
  const answer: Response = await worker.fetch(url, {
    method,
    ...(method === 'POST' && {
      headers: { 'content-type': 'application/json' },
      body: await text(request),
    }),
  });
  let body: string = await answer.text();
  if (url.endsWith('/predict')) {
    const { results, ...rest } = predictResponseSchema.parse(JSON.parse(body));
    const judged = results.map(({ answers, ...result }) => ({
      ...result,
      answers: answers.map((one) => ({ ...one, correct: mode === 'good' })),
    }));
    body = JSON.stringify({ ...rest, results: judged });
  }
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(body);
});

/** What a receiver of notices got. */
const notices: { headers: IncomingMessage['headers']; body: string }[] = [];
let receiverStatus = 200;
const receiver = serve(async (request, response) => {
  notices.push({ headers: request.headers, body: await text(request) });
  response.writeHead(receiverStatus).end('ok');
});

function serve(answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>) {
  return createServer((request, response) => void answer(request, response));
}

const urlOf = (server: ReturnType<typeof serve>) =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

beforeAll(async () => {
  worker = await startWorker(undefined, {
    ...withEvaluations(),
    bindings: { WRITE_TOKEN, WEBHOOK_KEY, ALLOW_LOCAL_ADDRESSES: 'true' },
  });
  await worker.migrate();
  for (const server of [other, receiver]) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }
  baseline = await recordBaseline(urlOf(other), MODEL);
  own = await recordBaseline(worker.url.href, MODEL);
});
afterAll(async () => {
  await worker.stop();
  other.close();
  receiver.close();
});

const create = (body: unknown) =>
  worker.fetch(PATH, {
    method: 'POST',
    headers: { authorization: `Bearer ${WRITE_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const detail = async (id: string) => read(await worker.fetch(`${PATH}/${id}`), watchDetailSchema);
const runsOf = async (id: string, query = '') =>
  (await read(await worker.fetch(`${PATH}/${id}/runs${query}`), watchRunListSchema)).runs;

/** Makes a watch due, runs the cron, and waits for the end of the run. */
async function runNow(id: string, crons = 1): Promise<WatchDetail> {
  const before = (await runsOf(id)).length;
  await worker.runSql(`UPDATE watches SET due = 0 WHERE id = '${id}'`);
  await Promise.all(Array.from({ length: crons }, () => worker.runCron()));
  return vi.waitFor(async () => {
    expect(await runsOf(id)).toHaveLength(before + 1);
    const watch = await detail(id);
    const isSettled = watch.notices.every(({ attempts }) => attempts > 0);
    expect({ running: watch.running, isSettled }).toEqual({ running: false, isSettled: true });
    return watch;
  }, WAIT);
}

const remove = (id: string) =>
  worker.fetch(`${PATH}/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${WRITE_TOKEN}` },
  });

describe('a watch of another deployment', () => {
  let id: string;
  let secret: string | null;

  it('is added once, and never shows its webhook', async () => {
    const webhook = `${urlOf(receiver)}hidden-path`;
    const request = { name: 'other', url: urlOf(other), baseline, every: '1d', webhook };
    const response = await create(request);
    expect(response.status).toBe(201);
    const created = await read(response, createdWatchSchema);
    ({ id, secret } = created);
    expect(response.headers.get('location')).toBe(`${PATH}/${id}`);
    expect(created).toMatchObject({ state: null, last: null, notifies: true, models: [MODEL] });
    const again = await create(request);
    expect(again.status).toBe(200);
    expect(await read(again, createdWatchSchema)).toMatchObject({ id, secret });
    for (const path of [PATH, `${PATH}/${id}`]) {
      const shown = await (await worker.fetch(path)).text();
      expect(shown).not.toContain('hidden-path');
      expect(shown).not.toContain(String(secret));
    }
  });

  it('passes after two runs, also where two crons run at once, and notifies nobody', async () => {
    const first = await runNow(id, 2);
    expect(first).toMatchObject({ state: null, candidate: 'passing' });
    // Confirmed soon, although it is to run once a day.
    expect(Date.parse(first.next) - Date.now()).toBeLessThanOrEqual(15 * 60_000);
    const second = await runNow(id, 2);
    expect(second).toMatchObject({ state: 'passing', since: first.last?.started, notices: [] });
    expect(await runsOf(id)).toMatchObject([
      { outcome: 'passing', reason: null, flips: 0 },
      { outcome: 'passing' },
    ]);
    expect(notices).toEqual([]);
  });

  it('is notified once that it regressed, with a signature, after the second run', async () => {
    mode = 'wrong';
    expect(await runNow(id)).toMatchObject({ state: 'passing', candidate: 'regressed' });
    expect(notices).toEqual([]);
    await runNow(id);
    const watch = await runNow(id);
    expect(watch).toMatchObject({ state: 'regressed', last: { outcome: 'regressed' } });
    expect(watch.notices).toMatchObject([{ from: 'passing', to: 'regressed', state: 'delivered' }]);
    expect(notices).toHaveLength(1);
    const [{ headers, body } = { headers: {}, body: '' }] = notices;
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    const key = Buffer.from((secret ?? '').replace('whsec_', ''), 'base64');
    const signature = createHmac('sha256', key).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
    const message = JSON.parse(body) as { text: string; blocks: unknown[] };
    expect(message.text).toMatch(
      /^🔴 other \(http.*\) answers worse than its baseline: .* now 0 %/u,
    );
    expect(message.blocks).toHaveLength(1);

    // All three runs found the same.
    const [last, , first] = await runsOf(id);
    expect(last?.report).toBe(first?.report);
    const report = await read(
      await worker.fetch(`${PATH}/${id}/reports/${String(last?.report)}`),
      checkReportSchema,
    );
    expect(report.flips).toHaveLength(last?.flips ?? Number.NaN);
    expect(report.flips[0]).toMatchObject({ before: true, after: false });
  });

  it('is shown on the status page, with both answers side by side, and as a badge', async () => {
    const page = await (await worker.fetch('/status')).text();
    expect(page).toContain('other: regressed');
    expect(page).toMatch(/aria-label="The last 5 runs: 2 passing, 3 regressed"/);
    expect(page).toMatch(/\d+ answers differ\s+from the baseline/);
    expect(page).toMatch(/objects,\s+every day\./);
    const [report] = await runsOf(id, '?limit=1');
    const { flips } = await read(
      await worker.fetch(`${PATH}/${id}/reports/${String(report?.report)}`),
      checkReportSchema,
    );
    const [flip] = flips;
    const right = await read(await worker.fetch(`/v1/queries/${flip?.query ?? ''}`), querySchema);
    expect(page).toContain(`<td>${right.answer.name} (right)</td>`);
    expect(page).toContain(`<td>${flip?.answer ?? ''} (wrong)</td>`);
    expect(page).not.toContain('hidden-path');
    expect(page).not.toContain('<script');
    const frame = await worker.fetch(`/embed/status?watch=${id}&theme=dark&locale=de`);
    expect(frame.headers.get('content-security-policy')).toContain('frame-ancestors *');
    const embed = await frame.text();
    expect(embed).toMatch(/<html lang="de" data-theme="dark">/);
    expect(embed).toContain('<b>other</b>: schlechter, seit');
    expect(embed).toContain('Die letzten 5 Prüfungen: 2 in Ordnung, 3 schlechter');
    expect(embed).not.toContain('hidden-path');
    const all = await (await worker.fetch('/embed/status')).text();
    expect(all).toContain('<b>other</b>: regressed, since');
    expect((await worker.fetch(`/embed/status?watch=${'0'.repeat(16)}`)).status).toBe(404);
    const badge = await (await worker.fetch(`/badge/watches/${id}.svg`)).text();
    expect(badge).toContain('other: regressed');
    expect(badge).toContain('fill="#a3170f"');
    const shield = await worker.fetch(`/badge/watches/${id}.json?locale=de&utm_source=x`);
    expect(await shield.json()).toMatchObject({ message: 'schlechter', color: 'a3170f' });
  });

  it('is unreachable where the server answers HTML, and the notice waits for its receiver', async () => {
    mode = 'html';
    receiverStatus = 500;
    await runNow(id);
    const watch = await runNow(id);
    expect(watch).toMatchObject({ state: 'unreachable', last: { report: null, flips: 0 } });
    expect(watch.last?.reason).toMatch(/answered 200 without JSON: is this a bindscope server\?$/);
    // The receiver's answer is recorded after the run.
    await expect
      .poll(async () => (await detail(id)).notices[0], WAIT)
      .toMatchObject({ state: 'waiting', attempts: 1, error: 'the receiver answered 500' });
    // Not yet due.
    await worker.runCron();
    expect(notices).toHaveLength(2);
    receiverStatus = 200;
    await worker.runSql('UPDATE watch_notices SET due = 0 WHERE due IS NOT NULL');
    await Promise.all([worker.runCron(), worker.runCron()]);
    expect(notices).toHaveLength(3);
    const [first, second] = notices.slice(1).map(({ headers }) => headers['webhook-id']);
    expect(second).toBe(first);
    expect((await detail(id)).notices[0]).toMatchObject({ state: 'delivered', attempts: 2 });
  });

  it('has a plain reason for redirects and answers that are cut off', async () => {
    mode = 'redirect';
    expect((await runNow(id)).last?.reason).toContain('a redirect, which is not followed');
    mode = 'cut off';
    const { last } = await runNow(id);
    expect(last?.outcome).toBe('unreachable');
    expect(last?.reason).toMatch(/cannot be reached: /);
    expect(last?.reason).not.toMatch(/internal error|reference/);
    expect(await runsOf(id, '?outcome=passing')).toHaveLength(2);
    expect(await runsOf(id, '?to=2026-01-01T00:00:00Z')).toEqual([]);
  });

  it('is deleted with everything of it', async () => {
    expect((await remove(id)).status).toBe(200);
    expect(await readProblem(await worker.fetch(`${PATH}/${id}`))).toMatchObject({
      status: 404,
      type: '/problems/unknown-watch',
    });
    for (const table of ['watch_runs', 'watch_reports', 'watch_notices']) {
      expect(await worker.runSql(`SELECT * FROM ${table}`)).toEqual([]);
    }
  });
});

it('a watch of the models here asks them without the network, and says which are missing', async () => {
  const { id } = await read(await create({ name: 'here', baseline: own }), createdWatchSchema);
  // The miniature model has too few right answers to lose.
  expect(await runNow(id)).toMatchObject({
    url: null,
    last: { outcome: 'insufficient', flips: 0 },
  });
  const [model] = own.models;
  const gone = { ...own, models: [{ ...model, id: 'gone' }] };
  const missing = await read(await create({ name: 'gone', baseline: gone }), createdWatchSchema);
  const { last } = await runNow(missing.id);
  expect(last).toMatchObject({ outcome: 'regressed' });
  expect(last?.reason).toContain('there is no model "gone"');
  const { watches } = await read(await worker.fetch(`${PATH}?model=gone`), watchListSchema);
  expect(watches.map(({ name }) => name)).toEqual(['gone']);
  const page = await read(await worker.fetch(`${PATH}?limit=1`), watchListSchema);
  const rest = await read(await worker.fetch(String(page.next)), watchListSchema);
  expect([...page.watches, ...rest.watches].map(({ name }) => name).sort()).toEqual([
    'gone',
    'here',
  ]);
});

it('the command line adds a watch, shows and exports its runs, and removes it', async () => {
  mode = 'good';
  const folder = mkdtempSync(join(tmpdir(), 'bindscope-watches-'));
  const file = join(folder, 'baseline.json');
  writeFileSync(file, JSON.stringify(baseline));
  const run = (...args: string[]) =>
    bindscope(['watch', ...args, '--url', worker.url.href], { BINDSCOPE_TOKEN: WRITE_TOKEN });
  const added = await run(
    ...['add', '--target', urlOf(other), '--baseline', file, '--every', '2h', '--name', 'by hand'],
    ...['--webhook', urlOf(receiver)],
  );
  expect(added).toMatchObject({ code: 0, err: '' });
  const id = /^watch ([0-9a-f]{16}) checks http.* every 2h$/m.exec(added.out)?.[1] ?? '';
  expect(added.out).toMatch(/^notices are signed with whsec_/m);
  expect((await run('show', id)).code).toBe(2);
  await runNow(id);
  await runNow(id);
  const shown = await run('show', id);
  expect(shown.code).toBe(0);
  expect(shown.out).toMatch(/^[0-9a-f]{16} passing since .* by hand \(http.*\), every 2h: /);
  expect(shown.out.match(/ passing, 0 answers changed$/gm)).toHaveLength(2);
  expect((await run('list', '--state', 'passing')).out).toContain('by hand');
  expect((await run('list', '--model', 'nobody')).out).toBe('no watches\n');
  const out = join(folder, 'export.json');
  expect((await run('export', id, '--out', out)).out).toContain('runs: 2, reports: 1');
  const exported = JSON.parse(readFileSync(out, 'utf8')) as { runs: unknown[]; reports: object };
  expect(exported.runs).toHaveLength(2);
  expect((await run('remove', id)).out).toBe(`removed ${id} by hand, with its runs\n`);
  const gone = await run('show', id);
  expect(gone).toMatchObject({ code: 2, err: `error: there is no watch ${id}\n` });
  const wrong = await run('add', '--baseline', file, '--every', '1m');
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.err).toContain('option --every "1m": every must be');
  rmSync(folder, { recursive: true });
});

it('keeps no webhook or secret that can be read, and seals those of earlier versions', async () => {
  mode = 'good';
  const webhook = urlOf(receiver);
  const request = { name: 'sealed', url: urlOf(other), baseline, every: '7d', webhook };
  const { id, secret } = await read(await create(request), createdWatchSchema);
  const stored = async () =>
    (await worker.runSql(`SELECT webhook, secret FROM watches WHERE id = '${id}'`))[0];
  expect(await stored()).toEqual({
    webhook: expect.stringMatching(/^sealed:v1:/) as string,
    secret: null,
  });
  // As an earlier version stored it.
  await worker.runSql(
    `UPDATE watches SET webhook = '${webhook}', secret = 'whsec_MDEy', due = ${Date.now() + 3_600_000} WHERE id = '${id}'`,
  );
  const old = await read(await create(request), createdWatchSchema);
  expect(old).toMatchObject({ id, secret: 'whsec_MDEy' });
  await worker.runCron();
  expect(await stored()).toEqual({
    webhook: expect.stringMatching(/^sealed:v1:/) as string,
    secret: expect.stringMatching(/^sealed:v1:/) as string,
  });
  expect(await read(await create(request), createdWatchSchema)).toMatchObject({
    secret: 'whsec_MDEy',
  });
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  await remove(id);
});

describe('refused', () => {
  it.each([
    ['an address of the local network', { url: 'https://10.0.0.1/' }, 'body.url'],
    ['a webhook without https', { webhook: 'http://example.com/' }, 'body.webhook'],
    ['parameters in the address', { url: 'https://example.com/?key=1' }, 'body.url'],
    ['too short an interval', { every: '1m' }, 'body.every'],
    ['an unknown field', { x: 1 }, 'body.x'],
  ])('%s', async (_, change, at) => {
    const problem = await readProblem(await create({ name: 'a', baseline, ...change }));
    expect(problem).toMatchObject({ status: 400, errors: [{ at }] });
  });

  it('a check that is too much, and a request without a token', async () => {
    const large = madeBaseline({ outcomes: { 2: Array.from({ length: 501 }, () => true) } });
    const much = await readProblem(await create({ name: 'a', baseline: large }));
    expect(much).toMatchObject({ status: 400, errors: [{ at: 'body.baseline' }] });
    expect(much.detail).toContain('the limit is 500');
    expect(await readProblem(await worker.post(PATH, { name: 'a', baseline }))).toMatchObject({
      status: 401,
    });
  });

  it('a webhook where the deployment has no key; a watch without one is added', async () => {
    const keyless = await startWorker(undefined, {
      ...withEvaluations(),
      bindings: { WRITE_TOKEN },
    });
    await keyless.migrate();
    const add = (body: object) =>
      keyless.fetch(PATH, {
        method: 'POST',
        headers: { authorization: `Bearer ${WRITE_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'a', baseline: own, ...body }),
      });
    const refused = await readProblem(await add({ webhook: 'https://hooks.example.com/x' }));
    expect(refused).toMatchObject({ status: 501, type: '/problems/not-configured' });
    expect(refused.detail).toContain('WEBHOOK_KEY');
    expect((await add({})).status).toBe(201);
    await keyless.stop();
  });
});
