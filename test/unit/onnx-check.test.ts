import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { featureWidthOf } from '../../contract/card.ts';
import {
  validateEncoderGraph,
  validateModelGraph,
  validateProbeGraph,
} from '../../inference/onnx-check.ts';
import { SHIPPED_MODELS, shippedCard, shippedFile } from '../support/shipped.ts';

describe.each(SHIPPED_MODELS)('%s', (id) => {
  const card = shippedCard(id);

  it('has graphs with nothing wrong', () => {
    expect(validateModelGraph(shippedFile(`${id}/model.onnx`), featureWidthOf(card))).toEqual([]);
    expect(validateProbeGraph(shippedFile(`${id}/probe.onnx`))).toEqual([]);
    if (card.files.encoder)
      expect(validateEncoderGraph(shippedFile(`${id}/encoder.onnx`))).toEqual([]);
  });

  it('is not what a model of another kind would be', () => {
    const other = featureWidthOf(card) === 0 ? 192 : 0;
    expect(validateModelGraph(shippedFile(`${id}/model.onnx`), other).join()).toContain(
      'patch_features',
    );
    expect(validateEncoderGraph(shippedFile(`${id}/model.onnx`)).join()).toContain('features');
  });
});

it('whatever the bytes, is told in no time', () => {
  const graph = shippedFile(`${SHIPPED_MODELS[0]}/probe.onnx`);
  const damage = fc.tuple(fc.nat(graph.length - 1), fc.nat(255), fc.nat(graph.length));
  fc.assert(
    fc.property(damage, ([at, value, end]) => {
      const damaged = graph.slice();
      damaged[at] = value;
      expect(validateProbeGraph(damaged.subarray(0, end))).toBeInstanceOf(Array);
    }),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(validateProbeGraph(bytes).length).toBeGreaterThan(0);
    }),
  );
});
