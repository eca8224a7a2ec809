import { OnnxError } from './errors.ts';
import { EXTERNAL, type OnnxModel, type OnnxTensor } from './model.ts';
import { tensorBytes } from './tensor-data.ts';

/**
 * Puts weights that are in other files into the model.
 *
 * @param read returns a file that lies beside the model, by its plain name
 * @throws OnnxError where a reference leaves the folder, or the file has too few bytes
 */
export function inlineExternalData(
  model: OnnxModel,
  read: (name: string) => Uint8Array,
): OnnxModel {
  const files = new Map<string, Uint8Array>();
  const bytesOf = (name: string): Uint8Array => {
    const bytes = files.get(name) ?? read(name);
    files.set(name, bytes);
    return bytes;
  };
  const initializers = model.graph.initializers.map((tensor) =>
    tensor.dataLocation === EXTERNAL ? inlined(tensor, bytesOf) : tensor,
  );
  return { ...model, graph: { ...model.graph, initializers } };
}

function inlined(tensor: OnnxTensor, read: (name: string) => Uint8Array): OnnxTensor {
  const entry = (wanted: string) => tensor.externalData.find(({ key }) => key === wanted)?.value;
  const location = entry('location') ?? '';
  if (location === '' || /[/\\]|^\.\.?$/.test(location)) {
    throw new OnnxError(
      `the weight "${tensor.name}" is in "${location}"; it must be in a file beside the model`,
    );
  }
  const file = read(location);
  const offset = Number(entry('offset') ?? 0);
  const length = Number(entry('length') ?? tensorBytes(tensor.dataType, tensor.dims) ?? NaN);
  if (!(offset >= 0 && length >= 0 && offset + length <= file.length)) {
    throw new OnnxError(
      `the weight "${tensor.name}" is at bytes ${offset} to ${offset + length} of "${location}", ` +
        `which has ${file.length}`,
    );
  }
  const rawData = file.subarray(offset, offset + length);
  return { ...tensor, rawData, externalData: [], dataLocation: 0 };
}
