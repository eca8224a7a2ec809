import { describe, expect, it } from 'vitest';
import { PromptRunner } from '../../inference/prompt-runner.ts';
import { nodeRuntime } from '../../node/onnx-runtime.ts';
import { makeNode, makeTensor, makeValueInfo } from '../../onnx/build.ts';
import { readOnnx, writeOnnx } from '../../onnx/codec.ts';
import { inlineExternalData } from '../../onnx/external-data.ts';
import { DATA_TYPE, type OnnxModel } from '../../onnx/model.ts';
import { readSignature } from '../../onnx/signature.ts';
import { planTaps } from '../../onnx/taps/plan.ts';
import { tapModel } from '../../onnx/taps/tap-model.ts';
import { elementAt } from '../../task/element-at.ts';
import { foreignFile } from '../fixtures/onnx/files.ts';
import { feedsOf, largestDifference } from '../fixtures/onnx/sessions.ts';

const EMBEDDED = '/model/embed_tokens/Gather_output_0';

/** `qwen2` in two files, as models that see are exported: one embeds the tokens, the other takes the embeddings. */
function splitEmbedding(model: OnnxModel): { decoder: OnnxModel; embed: OnnxModel } {
  const { graph } = model;
  const lookUp = graph.nodes.find(({ outputs }) => outputs[0] === EMBEDDED);
  if (!lookUp) throw new Error('qwen2 has no embedding');
  const float = (name: string) =>
    makeValueInfo(name, DATA_TYPE.float32, ['batch_size', 'sequence_length', 64]);
  const ids = makeValueInfo('input_ids', DATA_TYPE.int64, ['batch_size', 'sequence_length']);
  const rename = (name: string) => (name === EMBEDDED ? 'inputs_embeds' : name);
  // The graph also reads sizes of input_ids.
  const first = makeTensor('first', 'int64', [], BigInt64Array.of(0n));
  const sizes = makeNode('Gather', ['inputs_embeds', 'first'], ['sizes'], {
    attributes: { axis: 2 },
  });
  const nodes = graph.nodes
    .filter((node) => node !== lookUp)
    .map((node) => {
      const inputs = node.inputs.map((name) => (name === 'input_ids' ? 'sizes' : rename(name)));
      return { ...node, inputs };
    });
  const inputs = graph.inputs.map((input) =>
    input.name === 'input_ids' ? float('inputs_embeds') : input,
  );
  return {
    decoder: {
      ...model,
      graph: {
        ...graph,
        nodes: [sizes, ...nodes],
        inputs,
        initializers: [...graph.initializers, first],
      },
    },
    embed: {
      ...model,
      graph: {
        ...graph,
        nodes: [{ ...lookUp, outputs: ['inputs_embeds'] }],
        inputs: [ids],
        outputs: [float('inputs_embeds')],
        initializers: graph.initializers.filter(({ name }) => lookUp.inputs.includes(name)),
      },
    },
  };
}

const MODELS = {
  gpt: false,
  qwen2: true,
  'qwen2-genai': true,
  'text-only-neox': true,
  'qwen2 in two files': true,
} as const;

async function open(id: string, memory = 2 ** 24) {
  const isSplit = id === 'qwen2 in two files';
  const file = isSplit ? 'qwen2' : id;
  const model = inlineExternalData(readOnnx(foreignFile(`${file}/model.onnx`)), (name) =>
    foreignFile(`${file}/${name}`),
  );
  const parts = isSplit ? splitEmbedding(model) : { decoder: model, embed: undefined };
  const { signature, reasons } = readSignature(parts.decoder, { embeddings: true });
  if (!signature) throw new Error(reasons.map(({ message }) => message).join());
  const runtime = await nodeRuntime();
  const tapped = tapModel(planTaps(parts.decoder, signature), {
    residuals: 'all',
    answersOnly: true,
  });
  const runner = new PromptRunner(runtime, {
    session: await runtime.InferenceSession.create(writeOnnx(tapped.model)),
    signature,
    tapped,
    answersOnly: true,
    ...(parts.embed && { embed: await runtime.InferenceSession.create(writeOnnx(parts.embed)) }),
    memory,
  });
  const original = await runtime.InferenceSession.create(writeOnnx(model));
  return { runner, original, signature: readSignature(model).signature };
}

const prompt = (variant: number) =>
  Array.from({ length: 40 }, (_, at) => (at === 39 ? 7 : (at * 37 + 11 * variant) % 300));

describe.each(Object.entries(MODELS))('%s', (id, isCached) => {
  it('answers as its file does, and follows patches at the last token', async () => {
    const { runner, original, signature } = await open(id);
    expect(runner.isCached).toBe(isCached);
    const read = (which: number, layers: readonly number[]) =>
      runner.run({ tokens: prompt(which) }, [undefined], (answer) => ({
        logits: answer.logits.slice(),
        residuals: layers.map((layer) => answer.residual(layer)),
      }));
    const layers = Array.from({ length: runner.layers + 1 }, (_, layer) => layer);
    const [clean] = await read(0, layers);
    const [other] = await read(1, layers);
    if (!clean || !other || !signature) throw new Error('no answer');

    // The plain file, the whole prompt in each of two rows.
    const feeds = feedsOf(signature, 0);
    const ids = signature.inputs.find(({ role }) => role === 'tokens')?.name ?? '';
    const both = [...prompt(0), ...prompt(0)];
    const data = feeds[ids]?.data;
    if (data instanceof BigInt64Array) data.set(both.map(BigInt));
    else if (data instanceof Int32Array) data.set(both);
    const { logits } = await original.run(feeds);
    const values = logits?.data as Float32Array;
    const last = values.slice(39 * runner.vocabulary, 40 * runner.vocabulary);
    expect(largestDifference(clean.logits, last)).toBeLessThan(1e-4);
    expect(largestDifference(clean.logits, other.logits)).toBeGreaterThan(1e-3);

    const patches = layers.flatMap((layer) => [
      { layer, vector: elementAt(clean.residuals, layer) },
      { layer, vector: elementAt(other.residuals, layer) },
    ]);
    const patched = await runner.run({ tokens: prompt(0) }, patches, (answer) =>
      answer.logits.slice(),
    );
    // Its own activations change nothing.
    for (const layer of layers) {
      expect(largestDifference(elementAt(patched, 2 * layer), clean.logits)).toBeLessThan(1e-4);
    }
    // The same last token: nothing to patch before the first layer. After the last one, everything.
    expect(largestDifference(elementAt(patched, 1), clean.logits)).toBeLessThan(1e-4);
    expect(largestDifference(elementAt(patched, 3), clean.logits)).toBeGreaterThan(1e-3);
    expect(largestDifference(elementAt(patched, 2 * runner.layers + 1), other.logits)).toBeLessThan(
      1e-4,
    );
    await runner.release();
  });
});

it('answers the same in runs of one row, where the memory holds no more', async () => {
  const [small, large] = [await open('qwen2', 1), await open('qwen2')];
  const variants = [undefined, { layer: 2, vector: new Float32Array(64).fill(0.5) }];
  const answers = ({ runner }: typeof small) =>
    runner.run({ tokens: prompt(0) }, variants, ({ logits }) => logits.slice());
  const [one, many] = [await answers(small), await answers(large)];
  one.forEach((logits, row) => {
    expect(largestDifference(logits, elementAt(many, row))).toBeLessThan(1e-4);
  });
});
