import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { huggingFaceRepository } from '../../huggingface/repository.ts';
import { readOnnx, writeOnnx } from '../../onnx/codec.ts';
import type { OnnxTensor } from '../../onnx/model.ts';
import { foreignFile } from '../fixtures/onnx/files.ts';
import { readTensors, type Tensor } from './gpt-neox.ts';
import { shippedCard, shippedFile } from './shipped.ts';

/**
 * Writes a shipped pocket model as a folder of the Hub with an ONNX decoder: what `bindscope convert` writes, and
 * Optimum's graph of such a model with this model's weights in it.
 */
export function writeNeoxFolder(folder: string, id: string): string {
  const files = huggingFaceRepository(shippedCard(id), shippedFile(`${id}/model.onnx`));
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    writeFileSync(join(folder, name), files.get(name) ?? '');
  }
  const { tensors } = readTensors(files.get('model.safetensors') ?? new Uint8Array());
  const graph = readOnnx(foreignFile('text-only-neox/model.onnx'));
  // Optimum renames and transposes matrices, and keeps their order.
  const matrices = [...tensors].filter(
    ([name, { shape }]) => shape.length === 2 && !name.includes('embed_in'),
  );
  const initializers = graph.graph.initializers.map((tensor) => {
    const own = tensors.get(tensor.name);
    const matrix = /^onnx::MatMul/.test(tensor.name) ? matrices.shift()?.[1] : undefined;
    if (own) return withValues(tensor, own.values);
    return matrix ? withValues(tensor, transposed(matrix)) : tensor;
  });
  const model = { ...graph, graph: { ...graph.graph, initializers } };
  writeFileSync(join(folder, 'onnx', 'model.onnx'), writeOnnx(model));
  return folder;
}

function withValues(tensor: OnnxTensor, values: Float64Array): OnnxTensor {
  const size = tensor.dims.reduce((product, dim) => product * dim, 1);
  if (values.length !== size) throw new Error(`${tensor.name} has other sizes`);
  return { ...tensor, rawData: new Uint8Array(Float32Array.from(values).buffer) };
}

function transposed({ shape: [rows = 0, columns = 0], values }: Tensor): Float64Array {
  return Float64Array.from(
    { length: rows * columns },
    (_, at) => values[(at % rows) * columns + Math.floor(at / rows)] ?? 0,
  );
}
