import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { weightTypeSchema } from '../../contract/card.ts';
import { openProbe, type ProbeRunner } from '../../probes/runner.ts';
import { sweepLayers } from '../../probes/interchange.ts';
import { openModel } from '../../inference/session.ts';
import { parseSpec } from '../../task/spec.ts';
import { inferenceModel } from '../../trainer/model-file.ts';
import { initialParameters } from '../../trainer/model/index.ts';
import { openSubject } from '../../measurement/probe-subject.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { FIXTURES_DIRECTORY } from '../../build/paths.ts';
import { relativeError, sampleBatch, TINY } from '../support/training.ts';

const indices = (count: number) => Array.from({ length: count }, (_, index) => index);

it('pictures: a patch of the question changes nothing before the context is read, and all in the end', async () => {
  const { subject } = await openSubject(FIXTURES_DIRECTORY, FIXTURES.seeing);
  const spec = parseSpec({ modality: 'image', order: 'shuffled', objects: 6 });
  const outcomes = await sweepLayers(subject, spec, 2, indices(8));
  for (const { layers } of outcomes) {
    expect(layers[0].maxLogitDelta).toBe(0);
    expect(layers[2].maxLogitDelta).toBeGreaterThan(0);
  }
});

describe.each(weightTypeSchema.options)('a model with hooks and weights of %s', (weights) => {
  const theta = initialParameters(TINY, 12);
  const model = inferenceModel(TINY, TINY, theta, weights);
  const batch = sampleBatch(3, 5, 1, 'image');
  let probe: ProbeRunner;
  beforeAll(async () => {
    probe = await openProbe(ort, model);
  });

  it('without a patch is the inference graph', async () => {
    const runner = await openModel(ort, { model, featureWidth: TINY.patchFeatures });
    const { logits } = await probe.run(batch);
    expect(relativeError(logits, await runner.logits(batch))).toBeLessThan(1e-6);
  });

  it('patched with its own activations changes nothing', async () => {
    const clean = await probe.run(batch);
    const residuals = indices(TINY.layers + 1).flatMap((layer) =>
      indices(batch.rows).flatMap((row) =>
        indices(batch.length).map((token) => {
          return { layer, row, token, vector: clean.residual(layer, { row, token }) };
        }),
      ),
    );
    expect((await probe.run(batch, { residuals })).logits).toEqual(clean.logits);
  });

  it('patched after the last layer gives the answer of the other run', async () => {
    const other = await probe.run(sampleBatch(3, 5, 2, 'image'));
    const residuals = Array.from(batch.answerIndex, (at) => {
      const place = { row: Math.floor(at / batch.length), token: at % batch.length };
      return { layer: TINY.layers, ...place, vector: other.residual(TINY.layers, place) };
    });
    const patched = await probe.run(batch, { residuals });
    expect(relativeError(patched.logits, other.logits)).toBeLessThan(1e-6);
  });

  it('shows an attention cut in the answer, and a silent head', async () => {
    const { logits } = await probe.run(batch);
    const [at] = batch.answerIndex;
    const cuts = indices(at).map((to) => ({ layers: [0, 1] as const, row: 0, from: at, to }));
    const cut = await probe.run(batch, { cuts });
    expect(relativeError(cut.logits, logits)).toBeGreaterThan(1e-3);
    const silent = { layer: 1, head: 0, row: 0, token: at };
    const ablated = await probe.run(batch, { heads: [silent] });
    expect(relativeError(ablated.logits, logits)).toBeGreaterThan(1e-3);
    // Only the row that was interfered with.
    const perRow = logits.length / batch.rows;
    expect(cut.logits.slice(perRow)).toEqual(logits.slice(perRow));
    expect(ablated.logits.slice(perRow)).toEqual(logits.slice(perRow));
  });
});
