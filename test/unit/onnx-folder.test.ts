import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openLanguageModel } from '../../measurement/language/language-model.ts';
import { makeNode, makeValueInfo } from '../../onnx/build.ts';
import { readOnnx, writeOnnx } from '../../onnx/codec.ts';
import { DATA_TYPE } from '../../onnx/model.ts';
import { foreignFile } from '../fixtures/onnx/files.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bindscope-folder-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it('refuses a merged decoder with the command that exports it again', async () => {
  const model = readOnnx(foreignFile('qwen2/model.onnx'));
  const { inputs, outputs, initializers } = model.graph;
  // As Optimum merges: weights outside, and a decoder without inputs of its own in each branch.
  const branch = { graph: { ...model.graph, inputs: [], initializers: [] } };
  const choice = makeValueInfo('use_cache_branch', DATA_TYPE.bool, [1]);
  const merged = makeNode(
    'If',
    ['use_cache_branch'],
    outputs.map(({ name }) => name),
    { attributes: { then_branch: branch, else_branch: branch } },
  );
  const graph = {
    ...model.graph,
    nodes: [merged],
    inputs: [...inputs, choice],
    outputs,
    initializers,
  };
  const path = join(folder, 'decoder_model_merged.onnx');
  writeFileSync(path, writeOnnx({ ...model, graph }));
  writeFileSync(join(folder, 'tokenizer.json'), '{}');
  await expect(openLanguageModel(folder, { memory: 1 })).rejects.toThrow(
    `${path} cannot be run: it is two decoders merged by an If; export it again without --legacy, ` +
      'by Optimum 1.14 or later: optimum-cli export onnx -m <model> --task text-generation-with-past <folder>',
  );
});
