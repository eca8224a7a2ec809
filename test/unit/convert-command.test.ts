import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../build/paths.ts';
import { huggingFaceRepository, rawParameters } from '../../huggingface/repository.ts';
import { bindscope } from '../support/cli.ts';
import { importedCard } from '../support/imported-card.ts';
import { shippedCard, shippedFile } from '../support/shipped.ts';

const temporary = mkdtempSync(join(tmpdir(), 'bindscope-convert-'));
afterAll(() => {
  rmSync(temporary, { recursive: true });
});

const shipped = (id: string) => `${ROOT}models/${id}`;

/** A folder with these files, in place of those of text-only. */
function folderWith(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = join(temporary, name);
  mkdirSync(folder);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  return folder;
}

const CARD = JSON.stringify(shippedCard('text-only'));
const MODEL = shippedFile('text-only/model.onnx');

describe('bindscope convert', () => {
  it.each([
    ['huggingface', 'image-text', huggingFaceRepository],
    ['safetensors', 'text-only', rawParameters],
  ] as const)('--to %s writes the files', async (format, id, converted) => {
    const out = join(temporary, 'new', format);
    const { code, err } = await bindscope(['convert', shipped(id), '--to', format, '--out', out]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const [name, content] of converted(shippedCard(id), shippedFile(`${id}/model.onnx`))) {
      expect(readFileSync(join(out, name)).equals(content), name).toBe(true);
    }
  });

  it('replaces files only with --force', async () => {
    const out = folderWith('full', { 'config.json': 'mine' });
    const args = ['convert', shipped('text-only'), '--out', out];
    const { code, err } = await bindscope(args);
    expect({ code, err }).toEqual({
      code: 2,
      err: `error: ${out} is not empty; with --force, files in it are replaced\n`,
    });
    expect(readFileSync(join(out, 'config.json'), 'utf8')).toBe('mine');
    expect(await bindscope([...args, '--force'])).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(join(out, 'config.json'), 'utf8')).toContain('gpt_neox');
  });

  it.each([
    [
      'no folder',
      () => join(temporary, 'none'),
      /none is not the folder of a model: .*none\/card\.json: there is no/,
    ],
    ['no model', () => folderWith('a', { 'card.json': CARD }), /cannot read .*model\.onnx$/],
    ['no JSON', () => folderWith('b', { 'card.json': '{' }), /card\.json is not JSON/],
    [
      'no card',
      () => folderWith('c', { 'card.json': '{"schema":1}', 'model.onnx': MODEL }),
      /card\.json is not a model card \(kind: /,
    ],
    [
      'the model of another card',
      () => folderWith('d', { 'card.json': CARD, 'model.onnx': new Uint8Array(9) }),
      /model\.onnx has another sha256 than .*card\.json says$/,
    ],
    [
      'an imported model',
      () => folderWith('f', { 'card.json': JSON.stringify(importedCard()), 'model.onnx': MODEL }),
      /\/f cannot be converted: it was imported, and only bindscope's own models can be$/,
    ],
  ])('refuses %s', async (_, folder, message) => {
    const args = ['convert', folder(), '--out', join(temporary, 'never')];
    const { code, err } = await bindscope(args);
    expect(code).toBe(2);
    expect(err.trimEnd()).toMatch(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  it('refuses a file in place of the folder, and a format that there is not', async () => {
    const args = ['convert', shipped('text-only'), '--out'];
    const file = join(folderWith('e', { file: '' }), 'file');
    expect(await bindscope([...args, file])).toMatchObject({
      code: 2,
      err: `error: ${file} is a file; --out must be a folder\n`,
    });
    const other = await bindscope([...args, join(temporary, 'never'), '--to', 'gguf']);
    expect(other.err).toContain('Allowed choices are huggingface, safetensors');
  });
});
