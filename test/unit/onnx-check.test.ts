import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { featureWidthOf, modelCardSchema, modelIndexSchema } from '../../contract/card.ts';
import { faultsOfEncoder, faultsOfModel, faultsOfProbe } from '../../inference/onnx-check.ts';

const file = (path: string) =>
  new Uint8Array(readFileSync(new URL(`../../models/${path}`, import.meta.url)));
const json = (path: string): unknown => JSON.parse(Buffer.from(file(path)).toString());
const { models } = modelIndexSchema.parse(json('index.json'));

describe.each(models)('%s', (id) => {
  const card = modelCardSchema.parse(json(`${id}/card.json`));

  it('has graphs with nothing wrong', () => {
    expect(faultsOfModel(file(`${id}/model.onnx`), featureWidthOf(card))).toEqual([]);
    expect(faultsOfProbe(file(`${id}/probe.onnx`))).toEqual([]);
    if (card.files.encoder) expect(faultsOfEncoder(file(`${id}/encoder.onnx`))).toEqual([]);
  });

  it('is not what a model of another kind would be', () => {
    const other = featureWidthOf(card) === 0 ? 192 : 0;
    expect(faultsOfModel(file(`${id}/model.onnx`), other).join()).toContain('patch_features');
    expect(faultsOfEncoder(file(`${id}/model.onnx`)).join()).toContain('features');
  });
});

it('whatever the bytes, is told in no time', () => {
  const graph = file(`${models[0]}/probe.onnx`);
  const damage = fc.tuple(fc.nat(graph.length - 1), fc.nat(255), fc.nat(graph.length));
  fc.assert(
    fc.property(damage, ([at, value, end]) => {
      const damaged = graph.slice();
      damaged[at] = value;
      expect(faultsOfProbe(damaged.subarray(0, end))).toBeInstanceOf(Array);
    }),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(faultsOfProbe(bytes).length).toBeGreaterThan(0);
    }),
  );
});
