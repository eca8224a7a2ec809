import { afterAll, beforeAll, expect, it } from 'vitest';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { digestOf, encode, publish, uploadOf, variantOf } from '../../harness/submission.ts';
import { startWorker, WITH_REGISTRY, type RunningWorker } from '../../harness/worker.ts';
import { importModel } from '../../measurement/import-model.ts';
import { foreignPath } from '../fixtures/onnx/files.ts';

let worker: RunningWorker;
beforeAll(async () => void (worker = await startWorker(undefined, WITH_REGISTRY)));
afterAll(() => worker.stop());

const { text: ID, seeing: SEEING } = FIXTURES;

/** The text of a page, without tags. */
async function textOf(path: string): Promise<string> {
  const response = await worker.fetch(path);
  expect(response.status, path).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/html/);
  return (await response.text()).replaceAll(/<[^>]+>/g, ' ').replaceAll(/[ \n]+/g, ' ');
}

it('lists every model with its accuracy and counts', async () => {
  const text = await textOf('/models');
  for (const id of [ID, SEEING]) expect(text).toContain(id);
  // The made-up results of the fixture: 40 of 200.
  expect(text).toContain('20.0\u00a0% [15.0, 26.1], 40 of 200');
});

it('shows language models beside the paper, and says what was not run', async () => {
  const text = await textOf('/pretrained');
  expect(text).toContain('Qwen2\u00a0→ Qwen2-VL 1.383\u00a0→ 1.499 22 not yet run');
  expect(text).toContain('Qwen3\u00a0→ Qwen3-VL 1.819\u00a0→ 2.463 28 not yet run');
  expect(text).toContain('image-text 512 of 512 4 1,025 [133, ∞]');
  expect(text).not.toContain('come from the models of this deployment');
});

it('shows a shipped model without versions, and only what was measured', async () => {
  const probed = await textOf(`/models/${ID}`);
  expect(probed).toContain('trained by this project');
  expect(probed).toContain('by place');
  expect(probed).not.toContain('was not measured');
  expect(probed).not.toContain('Versions');
  expect(await textOf(`/models/${SEEING}`)).toContain('mechanism of this model was not measured');
});

it('lists published versions and aliases, and shows one version under its own name', async () => {
  const files = variantOf(ID, 1);
  await publish(worker, ID, files, '?alias=canary&note=a-note');
  const text = await textOf(`/models/${ID}`);
  expect(text).toContain(`${ID}@1 canary`);
  expect(text).toContain(`a-note ${digestOf(files).slice(0, 12)}`);
  expect(text).toContain(`${ID}@shipped production`);
  expect(text).toContain(digestOf(uploadOf(ID)).slice(0, 12));
  const version = await worker.fetch(`/models/${ID}@1`);
  const html = await version.text();
  expect(html).toContain(`<title>${ID}@1 - bindscope</title>`);
  expect(html).toContain(`/v1/models/${ID}@1/files/model.onnx`);
});

it('shows an imported model as measured here, without training', async () => {
  const imported = await importModel(foreignPath('gpt/model.onnx'), {
    ...{ id: 'my-gpt', queries: 4, pairs: 2 },
  });
  const json = (value: unknown) => encode(JSON.stringify(value));
  const upload = new Map([
    ['card.json', json(imported.card)],
    ['model.onnx', new Uint8Array(imported.model)],
    ['probes.json', json(imported.probes)],
  ]);
  await publish(worker, 'my-gpt', upload, '?alias=production');
  const text = await textOf('/models/my-gpt');
  expect(text).toContain('imported: trained elsewhere, measured here');
  expect(text).toContain('there is no record of its training');
  expect(text).not.toContain('Hugging Face');
});

it('is a 404 for a model that does not exist', async () => {
  expect((await worker.fetch('/models/nobody')).status).toBe(404);
});
