import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { modelListSchema, servedCardSchema } from '../../contract/models.ts';
import { registeredModelSchema } from '../../contract/registry.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { encode, publish, variantOf, write, type Upload } from '../../harness/submission.ts';
import {
  read,
  readProblem,
  startWorker,
  WITH_REGISTRY,
  WRITE_TOKEN,
  type RunningWorker,
} from '../../harness/worker.ts';
import { bindscope } from '../support/cli.ts';

const ID = FIXTURES.text;
const folder = mkdtempSync(join(tmpdir(), 'bindscope-signing-'));
const anna = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const unknown = generateKeyPairSync('ed25519');
const keyFile = (name: string, { privateKey }: KeyPairKeyObjectResult) => {
  const file = join(folder, `${name}.pem`);
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return file;
};
const SIGNING_KEYS = JSON.stringify({
  anna: anna.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
});

let worker: RunningWorker;
beforeAll(async () => {
  const bindings = { WRITE_TOKEN, SIGNING_KEYS, REQUIRE_SIGNATURE: 'true' };
  worker = await startWorker(undefined, { ...WITH_REGISTRY, bindings });
});
afterAll(async () => {
  await worker.stop();
  rmSync(folder, { recursive: true });
});

/** A folder that `bindscope sign` has signed. */
async function signed(upload: Upload, key: string): Promise<string> {
  const model = mkdtempSync(join(folder, 'model-'));
  for (const [name, bytes] of upload) writeFileSync(join(model, name), bytes);
  const { code, err } = await bindscope(['sign', model, '--key', key]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return model;
}

it('publishes what a known key has signed, and says who it was', async () => {
  const model = await signed(variantOf(ID, 1), keyFile('anna', anna));
  const command = ['publish', model, '--alias', 'production', '--url', worker.url.href];
  const published = await bindscope(command, { BINDSCOPE_TOKEN: WRITE_TOKEN });
  expect(published).toMatchObject({ code: 0, err: '' });
  const card = await read(await worker.fetch(`/v1/models/${ID}`), servedCardSchema);
  expect(card.signedBy).toBe('anna');
  const { models } = await read(await worker.fetch('/v1/models'), modelListSchema);
  expect(models.map(({ signedBy }) => signedBy)).toEqual(['anna', null]);
  const { versions } = await read(await worker.fetch(`/v1/registry/${ID}`), registeredModelSchema);
  expect(versions[0]?.signature).toMatch(/^[0-9a-f]{64}$/);
  expect(await (await worker.fetch(`/models/${ID}`)).text()).toMatch(/Signed by.*anna/);
  const shipped = await worker.fetch(`/v1/models/${ID}@shipped`);
  expect((await read(shipped, servedCardSchema)).signedBy).toBeNull();
});

it('refuses what is unsigned, signed by others, or changed after it was signed', async () => {
  const refused = async (upload: Upload) => {
    const problem = await readProblem(await publish(worker, ID, upload));
    expect(problem).toMatchObject({ status: 422, type: '/problems/invalid-model' });
    expect(problem.errors?.map(({ at }) => at)).toEqual(['model.sig']);
    return problem.detail;
  };
  const upload = variantOf(ID, 2);
  expect(await refused(upload)).toContain('demands a signature of anna');
  const sign = async (key: string) => {
    const model = await signed(upload, key);
    return new Uint8Array(readFileSync(join(model, 'model.sig')));
  };
  const untrusted = new Map(upload).set('model.sig', await sign(keyFile('unknown', unknown)));
  expect(await refused(untrusted)).toContain('unknown key');
  const signature = await sign(keyFile('anna', anna));
  const card = new TextDecoder().decode(upload.get('card.json'));
  const changed = new Map(upload).set('model.sig', signature).set('card.json', encode(`${card} `));
  expect(await refused(changed)).toContain('signs another card.json');
  expect(await refused(new Map(upload).set('model.sig', encode('{}')))).toContain('no signature');

  // What was published is verified again when it is first loaded.
  const good = new Map(upload).set('model.sig', signature);
  expect((await publish(worker, ID, good)).status).toBe(201);
  const bucket = await worker.bucket();
  const { objects } = await bucket.list({ prefix: `models/${ID}/` });
  const document = await (await bucket.get(`models/${ID}/model.json`))?.text();
  const unsigned = (document ?? '').replace(
    /"signature":"[0-9a-f]{64}"(?!.*"signature")/,
    '"signature":null',
  );
  expect(unsigned).not.toBe(document);
  expect(objects.filter(({ key }) => key.endsWith('model.sig'))).toHaveLength(2);
  await bucket.put(`models/${ID}/model.json`, unsigned);
  await (await write(worker, 'PUT', `${ID}/aliases/canary`, { version: 2 })).text();
  const problem = await readProblem(await worker.fetch(`/v1/models/${ID}@canary`));
  expect(problem).toMatchObject({ status: 503, type: '/problems/model-unavailable' });
  expect(problem.detail).toContain('demands a signature of anna');
});
