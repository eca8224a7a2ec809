import Pbf from 'pbf';
import {
  makeGraph,
  makeNode,
  makeTensor,
  makeValueInfo,
  type AttributeValue,
} from '../../onnx/build.ts';
import { DATA_TYPE } from '../../onnx/model.ts';
import { encodeModel } from '../../trainer/tracer/onnx.ts';
import { GraphRecorder } from '../../trainer/tracer/recorder.ts';

/** ONNX files in the shapes of well-known vision networks, small enough to be made in a test. */

/** What marks a token that is no patch. */
export const PREFIX_VALUE = 1000;

/**
 * As a ViT-B/16 is exported: [batch, prefix + 196, 768]. A patch's token is its own pixels, so that
 * each value of a token shows where it came from.
 */
export function visionTransformer(prefix: number, output = 'last_hidden_state'): Uint8Array {
  const recorder = new GraphRecorder();
  const x = recorder.input('pixel_values', 'float32', [1, 3, 224, 224]);
  const shape = (sizes: number[]) => recorder.constant(sizes.map(BigInt), [sizes.length]);
  const split = recorder.value(
    'Reshape',
    [x, shape([1, 3, 14, 16, 14, 16])],
    [1, 3, 14, 16, 14, 16],
    'float32',
  );
  const perm = [0, 2, 4, 3, 5, 1];
  const turned = recorder.value('Transpose', [split], [1, 14, 14, 16, 16, 3], 'float32', { perm });
  const patches = recorder.value(
    'Reshape',
    [turned, shape([1, 196, 768])],
    [1, 196, 768],
    'float32',
  );
  const tokens = recorder.constant(new Float32Array(prefix * 768).fill(PREFIX_VALUE), [
    1,
    prefix,
    768,
  ]);
  const all = [1, prefix + 196, 768];
  recorder.output(output, recorder.value('Concat', [tokens, patches], all, 'float32', { axis: 1 }));
  return encodeModel(recorder.finish('vit'));
}

/** As a ResNet is exported for classification: of any size, a map [batch, 2048, h / 32, w / 32], logits. */
export function residualNetwork(): Uint8Array {
  const weights = Float32Array.from({ length: 2048 * 3 }, (_, i) => Math.sin(i));
  const node = (
    op: string,
    inputs: string[],
    outputs: string[],
    attributes: Record<string, AttributeValue> = {},
  ) => makeNode(op, inputs, outputs, { attributes });
  const graph = makeGraph({
    name: 'resnet',
    nodes: [
      node('AveragePool', ['pixel_values'], ['pooled'], {
        kernel_shape: [32, 32],
        strides: [32, 32],
      }),
      node('Conv', ['pooled', 'weights'], ['map']),
      node('GlobalAveragePool', ['map'], ['vector']),
      node('Flatten', ['vector'], ['logits']),
    ],
    initializers: [makeTensor('weights', 'float32', [2048, 3, 1, 1], weights)],
    inputs: [makeValueInfo('pixel_values', DATA_TYPE.float32, ['batch', 3, 'height', 'width'])],
    outputs: [makeValueInfo('logits', DATA_TYPE.float32, ['batch', 2048])],
  });
  return encodeModel(graph);
}

/** A network that reads something else than a picture. */
export function otherNetwork(
  input: string,
  type: 'float32' | 'int32',
  shape: (number | string)[],
): Uint8Array {
  return encodeModel(
    makeGraph({
      name: 'other',
      nodes: [makeNode('Identity', [input], ['last_hidden_state'])],
      inputs: [makeValueInfo(input, DATA_TYPE[type], shape)],
      outputs: [makeValueInfo('last_hidden_state', DATA_TYPE[type], shape)],
    }),
  );
}

/** The same model with one more weight, said to be in another file. */
export function withExternalWeight(model: Uint8Array, location: string): Uint8Array {
  const pbf = new Pbf();
  pbf.writeMessage(
    7,
    (_: null, graph) => {
      graph.writeMessage(
        5,
        (__: null, tensor) => {
          tensor.writeVarintField(1, 4);
          tensor.writeVarintField(2, 1);
          tensor.writeStringField(8, 'far');
          tensor.writeMessage(
            13,
            (___: null, entry) => {
              entry.writeStringField(1, 'location');
              entry.writeStringField(2, location);
            },
            null,
          );
          tensor.writeVarintField(14, 1);
        },
        null,
      );
    },
    null,
  );
  return Buffer.concat([model, pbf.finish()]);
}
