import { createRequire } from 'node:module';
import { z } from 'zod';
import { GraphRecorder, type Value } from '../tracer/recorder.ts';
import { encodeModel } from '../tracer/onnx.ts';

/**
 * MobileNet v2 (Sandler et al. 2018) with the weights that the npm package nsfwjs brings along: an
 * ImageNet network, fine-tuned there to judge photographs. Its Keras layers become ONNX nodes up to the
 * one that is read.
 */
const PACKAGE = 'nsfwjs';
/** Twelve blocks: the last map of 14 x 14. */
const LAST_LAYER = 'block_12_add';
const SIZE = 224;

const layerSchema = z.looseObject({
  name: z.string(),
  class_name: z.string(),
  config: z.looseObject({
    strides: z.tuple([z.number(), z.number()]).optional(),
    padding: z.unknown().optional(),
    epsilon: z.number().optional(),
    max_value: z.number().optional(),
  }),
  inbound_nodes: z.array(z.array(z.tuple([z.string()]).rest(z.unknown()))),
});
type Layer = z.infer<typeof layerSchema>;

const modelSchema = z.object({
  modelTopology: z.looseObject({
    model_config: z.looseObject({ config: z.looseObject({ layers: z.array(layerSchema) }) }),
  }),
  weightsManifest: z.array(
    z.object({
      weights: z.array(
        z.object({
          name: z.string(),
          shape: z.array(z.number()),
          quantization: z.object({ min: z.number(), scale: z.number(), dtype: z.literal('uint8') }),
        }),
      ),
    }),
  ),
});

interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * The network as an ONNX file: `pixel_values` [batch, 3, 224, 224], 0 to 1, -> `last_hidden_state`
 * [batch, 96, 14, 14].
 *
 * @throws Error that says how to get the package where it is missing
 */
export function mobilenetModel(lastLayer = LAST_LAYER): Uint8Array {
  const { layers, weights } = readPackage();
  const recorder = new GraphRecorder();
  const values = new Map<string, Value>();
  for (const layer of layers) {
    values.set(layer.name, addLayer(recorder, layer, values, weights));
    if (layer.name === lastLayer) break;
  }
  const last = values.get(lastLayer);
  if (!last) throw new Error(`the network has no layer ${lastLayer}`);
  recorder.output('last_hidden_state', last);
  return encodeModel(recorder.finish('mobilenet-v2'));
}

/** The package's layers and weights, as TensorFlow.js stores them. */
export function readPackage() {
  const require = createRequire(import.meta.url);
  let stored: { model: unknown; shard: string };
  try {
    const folder = `${require.resolve(PACKAGE).split(`/${PACKAGE}/`)[0]}/${PACKAGE}/dist/models`;
    stored = {
      model: require(`${folder}/mobilenet_v2/model.min.js`) as unknown,
      shard: z.string().parse(require(`${folder}/mobilenet_v2/group1-shard1of1.min.js`)),
    };
  } catch (cause) {
    throw new Error(`the network comes with the npm package ${PACKAGE}: run npm ci`, { cause });
  }
  const { modelTopology, weightsManifest } = modelSchema.parse(stored.model);
  const bytes = Buffer.from(stored.shard, 'base64');
  const weights = new Map<string, Weight>();
  let offset = 0;
  for (const { name, shape, quantization } of weightsManifest.flatMap((group) => group.weights)) {
    const count = shape.reduce((a, b) => a * b, 1);
    const { min, scale } = quantization;
    const values = Float32Array.from(
      bytes.subarray(offset, (offset += count)),
      (q) => min + scale * q,
    );
    weights.set(name, { shape, values });
  }
  return {
    layers: modelTopology.model_config.config.layers,
    weights: weights as ReadonlyMap<string, Weight>,
    /** All that was stored of the layers, for TensorFlow.js. */
    topology: modelTopology,
  };
}

function addLayer(
  recorder: GraphRecorder,
  layer: Layer,
  values: ReadonlyMap<string, Value>,
  weights: ReadonlyMap<string, Weight>,
): Value {
  const { name, class_name: kind, config } = layer;
  const inputs = (layer.inbound_nodes[0] ?? []).map(([from]) => {
    const value = values.get(from);
    if (!value) throw new Error(`${name} comes before ${from}`);
    return value;
  });
  const weight = (part: string) => {
    const found = weights.get(`${name}/${part}`);
    if (!found) throw new Error(`${name} has no ${part}`);
    return found;
  };
  const [x] = inputs;
  switch (kind) {
    case 'InputLayer':
      return recorder.input('pixel_values', 'float32', ['batch', 3, SIZE, SIZE]);
    case 'ZeroPadding2D': {
      const [[top, bottom], [left, right]] = z
        .tuple([z.tuple([z.number(), z.number()]), z.tuple([z.number(), z.number()])])
        .parse(config.padding);
      const pads = recorder.constant([0, 0, top, left, 0, 0, bottom, right].map(BigInt), [8]);
      const [batch, channels, height, width] = x.shape;
      return {
        ...x,
        name: recorder.node('Pad', [x.name, pads])[0],
        shape: [batch, channels, height + top + bottom, width + left + right],
      };
    }
    case 'Conv2D':
      return convolution(recorder, x, weight('kernel'), config, 1);
    case 'DepthwiseConv2D':
      return convolution(recorder, x, weight('depthwise_kernel'), config, x.shape[1]);
    case 'BatchNormalization': {
      const [gamma, beta, mean, variance] = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map(
        (part) => weight(part).values,
      );
      const epsilon = config.epsilon ?? 1e-3;
      const scale = gamma.map((value, i) => value / Math.sqrt(variance[i] + epsilon));
      const shift = beta.map((value, i) => value - mean[i] * scale[i]);
      const perChannel = (data: Float32Array) => recorder.constant(data, [1, data.length, 1, 1]);
      const [scaled] = recorder.node('Mul', [x.name, perChannel(scale)]);
      return { ...x, name: recorder.node('Add', [scaled, perChannel(shift)])[0] };
    }
    case 'ReLU': {
      const bounds = [0, config.max_value ?? 6].map((bound) =>
        recorder.constant(Float32Array.of(bound), []),
      );
      return { ...x, name: recorder.node('Clip', [x.name, ...bounds])[0] };
    }
    case 'Add':
      return { ...x, name: recorder.node('Add', [x.name, inputs[1].name])[0] };
    default:
      throw new Error(`${name} is a ${kind}, which is not needed before ${LAST_LAYER}`);
  }
}

/** Kernels are [height, width, in, out] in Keras, [out, in / groups, height, width] in ONNX. */
function convolution(
  recorder: GraphRecorder,
  x: Value,
  { shape: [height, width, from, to], values }: Weight,
  { strides = [1, 1], padding }: Layer['config'],
  groups: number,
): Value {
  const [outputs, inputs] = groups === 1 ? [to, from] : [from, 1];
  const kernel = new Float32Array(values.length);
  const area = height * width;
  for (let place = 0; place < area; place++) {
    for (let i = 0; i < from; i++) {
      for (let o = 0; o < to; o++) {
        const at = groups === 1 ? o * inputs + i : i;
        kernel[at * area + place] = values[(place * from + i) * to + o];
      }
    }
  }
  const same = padding === 'same';
  const [name] = recorder.node(
    'Conv',
    [x.name, recorder.constant(kernel, [outputs, inputs, height, width])],
    { strides: [...strides], group: groups, auto_pad: same ? 'SAME_UPPER' : 'VALID' },
  );
  const length = (size: number, axis: 0 | 1) =>
    same
      ? Math.ceil(size / strides[axis])
      : Math.floor((size - [height, width][axis]) / strides[axis]) + 1;
  return { ...x, name, shape: [x.shape[0], outputs, length(x.shape[2], 0), length(x.shape[3], 1)] };
}
