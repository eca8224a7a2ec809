import { Tokenizer } from '@huggingface/tokenizers';
import { parse as parseYaml } from 'yaml';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { modelCardSchema, type ModelCard } from '../../contract/card.ts';
import { huggingFaceRepository, rawParameters } from '../../huggingface/repository.ts';
import { openModel } from '../../inference/session.ts';
import { sha256 } from '../../node/files.ts';
import { nodeRuntime } from '../../node/onnx-runtime.ts';
import { readOnnx, writeOnnx } from '../../onnx/codec.ts';
import type { OnnxTensor } from '../../onnx/model.ts';
import { assembleBatch } from '../../task/batch.ts';
import { generateQuery, parseQueryName, readablePrompt } from '../../task/query.ts';
import { describeToken, SPECIAL_TOKENS, TOKEN_COUNT } from '../../task/tokens.ts';
import { foreignFile, ownFile } from '../fixtures/onnx/files.ts';
import goldenFile from '../golden/gpt-neox-logits.json' with { type: 'json' };
import { neoxLogits, readTensors, type NeoxConfig } from '../support/gpt-neox.ts';

const json = (bytes: Uint8Array | undefined): unknown =>
  JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array()));

const cardOf = (id: string): ModelCard => modelCardSchema.parse(json(ownFile(`${id}/card.json`)));

const repositoryOf = (id: string) => huggingFaceRepository(cardOf(id), ownFile(`${id}/model.onnx`));

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
  const { tensors, metadata } = readTensors(files.get('model.safetensors') ?? new Uint8Array());

  it('has every parameter of the text path, once', () => {
    const count = [...tensors.values()].reduce((sum, { values }) => sum + values.length, 0);
    const { parameters, recipe } = cardOf(id);
    const projection = recipe.model.patchFeatures * recipe.model.width;
    expect(count).toBe(parameters - projection);
    expect(metadata).toEqual({ format: 'pt' });
  });

  // Without the longest query, which takes seconds.
  it.each(QUERIES.slice(0, 2))('has the logits of model.onnx: %s', async (name) => {
    const { prompt } = generateQuery(parseQueryName(name));
    const featureWidth = cardOf(id).recipe.model.patchFeatures;
    const model = await openModel(await nodeRuntime(), {
      model: ownFile(`${id}/model.onnx`),
      featureWidth,
    });
    const expected = await model.logits(assembleBatch([{ prompt }], featureWidth));
    await model.release();
    const logits = neoxLogits(config, tensors, prompt.tokens, prompt.positions);
    expect(largestDifference(logits, expected)).toBeLessThan(1e-4);
  });
});

describe('the files of transformers', () => {
  const files = repositoryOf(goldenFile.model.id);

  it.each(goldenFile.queries)('have the logits that transformers computed: $name', (query) => {
    // Another model needs other logits: test/golden/gpt-neox-logits.py writes them.
    expect(cardOf(goldenFile.model.id).files.model.sha256).toBe(goldenFile.model.sha256);
    const { prompt } = generateQuery(parseQueryName(query.name));
    expect(query.tokens).toEqual(prompt.tokens);
    expect(query.positions).toEqual(prompt.positions);
    const config = json(files.get('config.json')) as NeoxConfig;
    const { tensors } = readTensors(files.get('model.safetensors') ?? new Uint8Array());
    const logits = neoxLogits(config, tensors, query.tokens, query.positions);
    expect(largestDifference(logits, query.logits)).toBeLessThan(1e-4);
  });

  it('are the same bytes each time', () => {
    const again = repositoryOf(goldenFile.model.id);
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
    expect(json(files.get('config.json'))).toMatchObject({ vocab_size: TOKEN_COUNT });
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
});

describe('the patch projection', () => {
  it('goes along with a model that sees, as it is in model.onnx', () => {
    const { width, patchFeatures } = cardOf('image-text').recipe.model;
    const file = repositoryOf('image-text').get('bindscope/patch_projection.safetensors');
    const { tensors, metadata } = readTensors(file ?? new Uint8Array());
    const projection = tensors.get('bindscope.patch_projection');
    const { initializers } = readOnnx(ownFile('image-text/model.onnx')).graph;
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
  const card = cardOf('image-text');
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
  it('have the names, shapes and bytes of model.onnx', () => {
    const files = rawParameters(cardOf('text-only'), ownFile('text-only/model.onnx'));
    const { tensors } = readTensors(files.get('model.safetensors') ?? new Uint8Array());
    const { initializers } = readOnnx(ownFile('text-only/model.onnx')).graph;
    const parameters = initializers.filter(({ name }) => !/^c\d+$/.test(name));
    expect([...tensors.keys()].sort()).toEqual(parameters.map(({ name }) => name).sort());
    for (const { name, dims, rawData } of parameters) {
      const values = new Float32Array(Uint8Array.from(rawData ?? []).buffer);
      const read = tensors.get(name);
      expect(read?.shape).toEqual(dims);
      expect(largestDifference(read?.values ?? [], values)).toBe(0);
    }
    expect(json(files.get('card.json'))).toEqual(cardOf('text-only'));
  });
});

describe('a model that is no GPT-NeoX', () => {
  const card = cardOf('text-only');
  const file = ownFile('text-only/model.onnx');

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

  it.each([
    ['of another tool', foreignFile('gpt/model.onnx'), 'only models of bindscope'],
    ['without a parameter', withParameter('final.ln.gain', () => []), '"final.ln.gain"'],
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
