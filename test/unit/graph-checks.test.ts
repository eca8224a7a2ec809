import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkEncoderGraph, checkModelGraph } from '../../services/registry/graph-checks.ts';
import { SHIPPED_MODELS, shippedCard, shippedFile } from '../support/shipped.ts';

describe.each(SHIPPED_MODELS)('%s', (id) => {
  const card = shippedCard(id);

  it('has graphs without faults', () => {
    expect(checkModelGraph(card, shippedFile(`${id}/model.onnx`))).toEqual([]);
    if (card.files.encoder) {
      expect(checkEncoderGraph(shippedFile(`${id}/encoder.onnx`))).toEqual([]);
    }
  });

  it('differs from a model with other inputs, and from an encoder', () => {
    const reads = card.modalities.includes('image');
    const other = { ...card, modalities: reads ? (['text'] as const) : (['image'] as const) };
    const recipe = { ...card.recipe, model: { ...card.recipe.model, patchFeatures: 192 } };
    const faults = checkModelGraph(
      { ...card, recipe, modalities: [...other.modalities] },
      shippedFile(`${id}/model.onnx`),
    );
    expect(faults.join()).toContain('patch_features');
    expect(checkEncoderGraph(shippedFile(`${id}/model.onnx`)).join()).toContain('features');
  });
});

it('any bytes get a list of faults, never an exception', () => {
  const card = shippedCard('text-only');
  const graph = shippedFile('text-only/model.onnx').slice(0, 20_000);
  const damage = fc.tuple(fc.nat(graph.length - 1), fc.nat(255), fc.nat(graph.length));
  fc.assert(
    fc.property(damage, ([at, value, end]) => {
      const damaged = graph.slice();
      damaged[at] = value;
      // Without its weights the file cannot be a model, whatever byte differs.
      expect(checkModelGraph(card, damaged.subarray(0, end)).length).toBeGreaterThan(0);
    }),
    { numRuns: 100 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(checkEncoderGraph(bytes).length).toBeGreaterThan(0);
    }),
  );
});
