import type { TrainedCard } from '../contract/card.ts';
import { featureWidthOf } from '../contract/model-facts.ts';
import { readOnnx } from '../onnx/codec.ts';
import { OnnxError } from '../onnx/errors.ts';
import { DATA_TYPE, EXTERNAL, type OnnxTensor } from '../onnx/model.ts';
import type { SafetensorsTensor } from '../onnx/safetensors.ts';
import { elementCount } from '../onnx/tensor-data.ts';
import { ConversionError } from './conversion-error.ts';
import { currentName, PATCH_PROJECTION, weightNames } from './weight-names.ts';

/**
 * Reads the parameters out of a model file, with the trainer's names and shapes.
 *
 * @param card of the model: its recipe says which parameters there are
 * @param file `model.onnx`
 * @returns parameters by name; views of the file, in the type that they are stored in
 * @throws ConversionError where a parameter is missing, has another shape, or there is one more
 */
export function readParameters(
  card: TrainedCard,
  file: Uint8Array,
): ReadonlyMap<string, SafetensorsTensor> {
  const { model } = card.recipe;
  const expected = new Map(weightNames(model).map(({ name, shape }) => [name, shape]));
  const features = featureWidthOf(card);
  if (features > 0) expected.set(PATCH_PROJECTION, [features, model.width]);

  const initializers = initializersOf(file);
  const parameters = new Map<string, SafetensorsTensor>();
  for (const tensor of initializers) {
    const shape = expected.get(tensor.name);
    if (shape) parameters.set(tensor.name, parameterOf(tensor, shape));
  }
  for (const name of expected.keys()) {
    if (!parameters.has(name)) {
      throw new ConversionError(
        `model.onnx has no parameter "${name}"; only models of bindscope's own trainer can be converted`,
      );
    }
  }
  // Constants of the graph, such as shapes and rotary frequencies, are smaller.
  const other = initializers.find(
    ({ name, dims }) => !expected.has(name) && elementCount(dims) > model.width,
  );
  if (other) {
    throw new ConversionError(
      `model.onnx has the parameter "${other.name}", which GPT-NeoX has no place for`,
    );
  }
  return parameters;
}

function initializersOf(file: Uint8Array): readonly OnnxTensor[] {
  try {
    const { initializers } = readOnnx(file).graph;
    return initializers.map((tensor) => ({ ...tensor, name: currentName(tensor.name) }));
  } catch (error) {
    if (!(error instanceof OnnxError)) throw error;
    throw new ConversionError(`model.onnx cannot be read: ${error.message}`, { cause: error });
  }
}

function parameterOf(tensor: OnnxTensor, shape: readonly number[]): SafetensorsTensor {
  const { name, dims, dataType, dataLocation, rawData } = tensor;
  const type = TYPE_NAMES.get(dataType);
  const bytes = rawData ?? (type === 'float32' ? tensor.floatData : undefined);
  if (!type || !bytes || dataLocation === EXTERNAL) {
    throw new ConversionError(
      `the parameter "${name}" of model.onnx is not stored in the file as float32 or float16`,
    );
  }
  const expected = elementCount(shape) * ELEMENT_BYTES[type];
  if (dims.join() !== shape.join() || bytes.length !== expected) {
    throw new ConversionError(
      `the parameter "${name}" of model.onnx is [${dims.join(', ')}] in ${bytes.length} bytes; ` +
        `by card.json it is [${shape.join(', ')}] in ${expected} bytes`,
    );
  }
  return { name, type, shape, bytes };
}

const ELEMENT_BYTES = { float32: 4, float16: 2 } as const;

const TYPE_NAMES: ReadonlyMap<number, keyof typeof ELEMENT_BYTES> = new Map([
  [DATA_TYPE.float32, 'float32'],
  [DATA_TYPE.float16, 'float16'],
]);
