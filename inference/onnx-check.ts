import { inputSpecs, type InputSpec } from './model-inputs.ts';
import { readOnnxHeader, type OnnxHeader } from './onnx-header.ts';

/** What is looked at in an ONNX file of somebody else's before a runtime gets to see it. */

/**
 * The operators that exported models and encoders are made of (trainer/tracer/kernels.ts). None reads
 * a file, calls out, or loops.
 */
const OPERATORS: ReadonlySet<string> = new Set([
  ...['Add', 'ArgMax', 'Cast', 'Concat', 'Constant', 'ConstantOfShape', 'Cos', 'Div', 'Equal'],
  ...['Erf', 'Exp', 'Expand', 'Gather', 'Gemm', 'Greater', 'Identity', 'LayerNormalization', 'Log'],
  ...[
    'MatMul',
    'Max',
    'Min',
    'Mul',
    'Neg',
    'OneHot',
    'ReduceMax',
    'ReduceMean',
    'ReduceSum',
    'Relu',
  ],
  ...['Reshape', 'ScatterND', 'Shape', 'Sin', 'Softmax', 'Split', 'Sqrt', 'Sub', 'Tanh', 'Tile'],
  ...['Transpose', 'Where'],
]);

/** TensorProto.DataType */
const DATA_TYPE: Readonly<Record<InputSpec['type'], number>> = { float32: 1, int32: 6 };

/**
 * @param featureWidth F, the width of patch features; 0 for a model that reads text only
 * @returns what is wrong with an inference graph; nothing where it can be tried
 */
export function validateModelGraph(bytes: Uint8Array, featureWidth: number): string[] {
  return faultsOf(bytes, (header) => [
    ...Object.entries(inputSpecs(featureWidth)).flatMap(([name, { type, shape }]) => {
      const input = header.inputs.find((candidate) => candidate.name === name);
      const fits =
        input?.type === DATA_TYPE[type] &&
        input.shape.length === shape.length &&
        shape.every((size, axis) => typeof size === 'string' || size === input.shape[axis]);
      return fits ? [] : [`its input ${name} must be ${type} [${shape.join(', ')}]`];
    }),
    ...unknownInputs(header, Object.keys(inputSpecs(featureWidth))),
    ...lackingOutputs(header, ['logits']),
  ]);
}

/** @returns what is wrong with a probe graph, whose weights are in the model's file */
export function validateProbeGraph(bytes: Uint8Array): string[] {
  return faultsOf(bytes, (header) => lackingOutputs(header, ['logits', 'residuals']));
}

/** @returns what is wrong with an encoder of patches */
export function validateEncoderGraph(bytes: Uint8Array): string[] {
  return faultsOf(bytes, (header) => [
    ...unknownInputs(header, ['patches']),
    ...lackingOutputs(header, ['features']),
  ]);
}

function faultsOf(bytes: Uint8Array, further: (header: OnnxHeader) => string[]): string[] {
  let header: OnnxHeader;
  try {
    header = readOnnxHeader(bytes);
  } catch {
    return ['it is not an ONNX model'];
  }
  const names = header.nodes.map(({ domain, op }) => (domain === '' ? op : `${domain}.${op}`));
  const unknown = [...new Set(names)].filter((name) => !OPERATORS.has(name)).sort();
  return [
    ...header.external.map((path) => `it wants weights from another file, "${path}"`),
    ...(unknown.length > 0
      ? [`it has operators that no exported model has: ${unknown.join(', ')}`]
      : []),
    ...(header.functions > 0 ? ['it brings functions of its own'] : []),
    ...further(header),
  ];
}

function unknownInputs({ inputs }: OnnxHeader, known: readonly string[]): string[] {
  const unknown = inputs.filter(({ name }) => !known.includes(name));
  return unknown.map(({ name }) => `it has an input that nobody feeds, ${name}`);
}

function lackingOutputs({ outputs }: OnnxHeader, wanted: readonly string[]): string[] {
  return wanted
    .filter((name) => !outputs.includes(name))
    .map((name) => `it lacks the output ${name}`);
}
