import { Tokenizer } from '@huggingface/tokenizers';
import { unzipSync } from 'fflate';
import { parse as parseYaml } from 'yaml';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import {
  huggingFaceRepository,
  rawParameters,
  type RepositoryFiles,
} from '../../huggingface/repository.ts';
import { zipFiles } from '../../huggingface/archive.ts';
import { currentName } from '../../huggingface/weight-names.ts';
import { openModel } from '../../inference/session.ts';
import { sha256 } from '../../node/files.ts';
import { nodeRuntime } from '../../node/onnx-runtime.ts';
import { readOnnx, writeOnnx } from '../../onnx/codec.ts';
import type { OnnxTensor } from '../../onnx/model.ts';
import { assembleBatch } from '../../task/batch.ts';
import type { PackedPrompt } from '../../task/prompt.ts';
import { generateQuery, parseQueryName, readablePrompt } from '../../task/query.ts';
import { describeToken, SPECIAL_TOKENS, TOKEN_COUNT } from '../../task/tokens.ts';
import { foreignFile } from '../fixtures/onnx/files.ts';
import goldenFile from '../golden/gpt-neox-logits.json' with { type: 'json' };
import { neoxLogits, readTensors, type NeoxConfig } from '../support/gpt-neox.ts';
import { shippedCard, shippedFile } from '../support/shipped.ts';

const json = (bytes: Uint8Array | undefined): unknown =>
  JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array()));

const repositoryOf = (id: string) =>
  huggingFaceRepository(shippedCard(id), shippedFile(`${id}/model.onnx`));

const weightsOf = (files: RepositoryFiles) =>
  readTensors(files.get('model.safetensors') ?? new Uint8Array());

/** By ONNX Runtime. */
async function modelLogits(id: string, prompt: PackedPrompt): Promise<Float32Array> {
  const featureWidth = shippedCard(id).recipe.model.patchFeatures;
  const model = await openModel(await nodeRuntime(), {
    model: shippedFile(`${id}/model.onnx`),
    featureWidth,
  });
  const logits = await model.logits(assembleBatch([{ prompt }], featureWidth));
  await model.release();
  return logits;
}

/** Text queries in distribution, beyond it, and with gaps in the position ids. */
const QUERIES = goldenFile.queries.map(({ name }) => name);

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, index) => Math.abs(value - (b[index] ?? Number.NaN))));
};

// Text only, one that sees, and one of another size in half precision.
describe.each(['text-only', 'image-text', 'image-text-paper'])('%s as GPT-NeoX', (id) => {
  const files = repositoryOf(id);
  const config = json(files.get('config.json')) as NeoxConfig;
  const { tensors, metadata } = weightsOf(files);

  it('has every parameter of the text path, once', () => {
    const count = [...tensors.values()].reduce((sum, { values }) => sum + values.length, 0);
    const { parameters, recipe } = shippedCard(id);
    const projection = recipe.model.patchFeatures * recipe.model.width;
    expect(count).toBe(parameters - projection);
    expect(metadata).toEqual({ format: 'pt' });
  });

  it('has the logits of model.onnx', async () => {
    const name = 'test.text.shuffled.indirect.n4.v216-216-32.z12.g6.s0.i0.q0';
    const { prompt } = generateQuery(parseQueryName(name));
    const logits = neoxLogits(config, tensors, prompt.tokens, prompt.positions);
    expect(largestDifference(logits, await modelLogits(id, prompt))).toBeLessThan(1e-4);
  });
});

describe('the files of transformers', () => {
  const { id } = goldenFile.model;
  const files = repositoryOf(id);

  const config = json(files.get('config.json')) as NeoxConfig;

  it.each(goldenFile.queries)(
    'have the logits that transformers and ONNX Runtime compute: $name',
    async (query) => {
      // Another model needs other logits: test/golden/gpt-neox-logits.py writes them.
      expect(shippedCard(id).files.model.sha256).toBe(goldenFile.model.sha256);
      const { prompt } = generateQuery(parseQueryName(query.name));
      expect(query.tokens).toEqual(prompt.tokens);
      expect(query.positions).toEqual(prompt.positions);
      const { tensors } = weightsOf(files);
      const logits = neoxLogits(config, tensors, query.tokens, query.positions);
      expect(largestDifference(logits, query.logits)).toBeLessThan(1e-4);
      expect(largestDifference(logits, await modelLogits(id, prompt))).toBeLessThan(1e-4);
    },
  );

  it('are the same bytes each time', () => {
    const again = repositoryOf(id);
    expect([...again.keys()]).toEqual([...files.keys()]);
    for (const [name, content] of files)
      expect(sha256(again.get(name) ?? '')).toBe(sha256(content));
  });

  it('say that one token is generated, and which one pads', () => {
    expect(json(files.get('generation_config.json'))).toMatchObject({
      max_new_tokens: 1,
      do_sample: false,
      pad_token_id: SPECIAL_TOKENS.PAD,
    });
    expect(config.vocab_size).toBe(TOKEN_COUNT);
  });
});

describe('the archive', () => {
  const files = repositoryOf('image-text');

  it('has every file in one folder', () => {
    const unpacked = unzipSync(zipFiles('image-text', files));
    expect(Object.keys(unpacked)).toEqual([...files.keys()].map((name) => `image-text/${name}`));
    for (const [name, content] of files) {
      expect(sha256(unpacked[`image-text/${name}`] ?? ''), name).toBe(sha256(content));
    }
  });

  it('is the same in every time zone', () => {
    const zipIn = (zone: string) => {
      vi.stubEnv('TZ', zone);
      const offset = new Date(0).getTimezoneOffset();
      return { offset, digest: sha256(zipFiles('image-text', files)) };
    };
    const east = zipIn('Pacific/Kiritimati');
    const west = zipIn('America/Anchorage');
    vi.unstubAllEnvs();
    expect(east.offset).not.toBe(west.offset);
    expect(east.digest).toBe(west.digest);
  });
});

describe('the tokenizer', () => {
  const files = repositoryOf('text-only');
  const tokenizer = new Tokenizer(
    json(files.get('tokenizer.json')) as object,
    json(files.get('tokenizer_config.json')) as object,
  );

  it.each(QUERIES)("makes a query's tokens of its text: %s", (name) => {
    const { prompt } = generateQuery(parseQueryName(name));
    const text = readablePrompt(prompt);
    expect(tokenizer.encode(text).ids).toEqual(prompt.tokens);
    expect(tokenizer.decode([...prompt.tokens])).toBe(text);
  });

  it('knows every token', () => {
    const tokens = Array.from({ length: TOKEN_COUNT }, (_, token) => token);
    const text = tokens.map((token) => describeToken(token).name).join(' ');
    expect(tokenizer.encode(text).ids).toEqual(tokens);
  });

  it('makes PAD of other words', () => {
    const { PAD, QUE } = SPECIAL_TOKENS;
    expect(tokenizer.encode('disk QUE Black').ids).toEqual([PAD, QUE, PAD]);
  });
});

describe('the patch projection', () => {
  it('goes along with a model that sees, as it is in model.onnx', () => {
    const { width, patchFeatures } = shippedCard('image-text').recipe.model;
    const file = repositoryOf('image-text').get('bindscope/patch_projection.safetensors');
    const { tensors, metadata } = readTensors(file ?? new Uint8Array());
    const projection = tensors.get('bindscope.patch_projection');
    const { initializers } = readOnnx(shippedFile('image-text/model.onnx')).graph;
    const raw = initializers.find(({ name }) => name === 'embedding.patches')?.rawData;
    const bytes = Uint8Array.from(raw ?? []);
    expect(projection?.shape).toEqual([patchFeatures, width]);
    expect(largestDifference(projection?.values ?? [], new Float32Array(bytes.buffer))).toBe(0);
    expect(metadata['description']).toContain(`[${patchFeatures}, ${width}]`);
  });

  it('is not there for a model that reads text only', () => {
    expect([...repositoryOf('text-only').keys()].join()).not.toContain('patch');
  });
});

describe('the model card', () => {
  const card = shippedCard('image-text');
  const text = new TextDecoder().decode(repositoryOf('image-text').get('README.md'));
  const [, frontMatter = '', body = ''] = text.split(/^---$/m);

  it('has front matter that Hugging Face reads', () => {
    const results = z.array(
      z.object({ metrics: z.array(z.object({ type: z.string(), value: z.number() })) }),
    );
    const schema = z.object({
      license: z.literal('mit'),
      library_name: z.literal('transformers'),
      tags: z.array(z.string()),
      'model-index': z.array(z.object({ name: z.string(), results })),
    });
    const { tags, 'model-index': index } = schema.parse(parseYaml(frontMatter));
    expect(tags).toContain('arxiv:2602.15183');
    expect(index[0]?.results.map(({ metrics }) => metrics[0]?.value)).toEqual(
      card.evaluation.results.flatMap(({ id, ood }) => [id.accuracy, ood.accuracy]),
    );
  });

  it('has the counts of every number of objects', () => {
    for (const { byObjects } of card.evaluation.results) {
      for (const { objects, correct, count } of byObjects) {
        const [c, n] = [correct, count].map((value) => value.toLocaleString('en'));
        expect(body).toContain(`| ${objects} | ${c ?? ''} of ${n ?? ''} |`);
      }
    }
  });
});

describe('raw parameters', () => {
  it("have the trainer's names, and shapes and bytes of model.onnx", () => {
    const files = rawParameters(shippedCard('text-only'), shippedFile('text-only/model.onnx'));
    const { tensors } = weightsOf(files);
    const { initializers } = readOnnx(shippedFile('text-only/model.onnx')).graph;
    const parameters = initializers
      .filter(({ name }) => !/^c\d+$/.test(name))
      .map((tensor) => ({ ...tensor, name: currentName(tensor.name) }));
    expect([...tensors.keys()].sort()).toEqual(parameters.map(({ name }) => name).sort());
    for (const { name, dims, rawData } of parameters) {
      const values = new Float32Array(Uint8Array.from(rawData ?? []).buffer);
      const read = tensors.get(name);
      expect(read?.shape).toEqual(dims);
      expect(largestDifference(read?.values ?? [], values)).toBe(0);
    }
    expect(json(files.get('card.json'))).toEqual(shippedCard('text-only'));
  });
});

describe('a model that is no GPT-NeoX', () => {
  const card = shippedCard('text-only');
  const file = shippedFile('text-only/model.onnx');

  /** The model with other tensors in the place of one parameter. */
  function withParameter(
    name: string,
    change: (tensor: OnnxTensor) => OnnxTensor | readonly OnnxTensor[],
  ) {
    const model = readOnnx(file);
    const initializers = model.graph.initializers.flatMap((tensor) =>
      tensor.name === name ? change(tensor) : tensor,
    );
    return writeOnnx({ ...model, graph: { ...model.graph, initializers } });
  }

  it('is refused where it has absolute positions', () => {
    const model = { ...card.recipe.model, absolutePositions: 64 };
    const other = { ...card, recipe: { ...card.recipe, model } };
    expect(() => huggingFaceRepository(other, file)).toThrow('absolute positions');
  });

  it('is refused where it has no rotary positions', () => {
    const model = { ...card.recipe.model, ropeBase: 0 };
    const other = { ...card, recipe: { ...card.recipe, model } };
    expect(() => huggingFaceRepository(other, file)).toThrow('no rotary positions');
  });

  it.each([
    ['of another tool', foreignFile('gpt/model.onnx'), 'only models of bindscope'],
    ['without a parameter', withParameter('final.ln.gain', () => []), '"ln_final.weight"'],
    [
      'of another shape',
      withParameter('unembedding', (tensor) => ({ ...tensor, dims: [470, 64] })),
      'is [470, 64] in 120320 bytes; by card.json it is [64, 470] in 120320 bytes',
    ],
    [
      'cut short',
      withParameter('unembedding', (tensor) => ({ ...tensor, rawData: new Uint8Array(8) })),
      'in 8 bytes',
    ],
    [
      'of another type',
      withParameter('final.ln.bias', (tensor) => ({ ...tensor, dataType: 11 })),
      'not stored in the file as float32 or float16',
    ],
    [
      'with one parameter more',
      withParameter('unembedding', (tensor) => [tensor, { ...tensor, name: 'unembedding.other' }]),
      '"unembedding.other", which GPT-NeoX has no place for',
    ],
    ['that is no ONNX file', new Uint8Array(100).fill(255), 'cannot be read'],
  ])('is refused with the reason: %s', (_, model, reason) => {
    expect(() => huggingFaceRepository(card, model)).toThrow(reason);
  });
});
