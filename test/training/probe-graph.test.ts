import * as tf from '@tensorflow/tfjs';
import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { weightTypeSchema } from '../../contract/card.ts';
import { openProbe, type ProbeSession } from '../../probes/runner.ts';
import { sweepLayers } from '../../probes/interchange.ts';
import { inputShape } from '../../inference/model-inputs.ts';
import { openModel } from '../../inference/session.ts';
import type { Batch } from '../../task/batch.ts';
import { parseSpec } from '../../task/spec.ts';
import { inferenceModel } from '../../trainer/model-file.ts';
import { modelInputs } from '../../trainer/graphs.ts';
import {
  forward,
  hookSites,
  initialParameters,
  parameterSpecs,
} from '../../trainer/model/index.ts';
import { unflatten } from '../../trainer/step.ts';
import { openSubject } from '../../measurement/probe-subject.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { FIXTURES_DIRECTORY } from '../../build/paths.ts';
import { relativeError, sampleBatch, TINY } from '../support/training.ts';

const indices = (count: number) => Array.from({ length: count }, (_, index) => index);

/** What the forward pass itself computes at its hook sites. */
async function activationsOf(theta: Float32Array, batch: Batch) {
  await tf.setBackend('cpu');
  const found = new Map<string, Float32Array>();
  tf.tidy(() => {
    const inputs = modelInputs(TINY, (_, spec) =>
      tf.tensor(spec.read(batch) ?? [], inputShape(spec, batch), spec.type),
    );
    const parameters = unflatten(parameterSpecs(TINY), tf.tensor1d(theta));
    forward(TINY, parameters, inputs, (name, activation) => {
      found.set(name, activation.dataSync<'float32'>().slice());
      return activation;
    });
  });
  return (site: string): Float32Array => {
    const values = found.get(site);
    if (!values) throw new Error(`the forward pass has no hook ${site}`);
    return values;
  };
}

it('patching the question of a picture changes nothing before the first layer, and the answer after the last', async () => {
  const { subject } = await openSubject(FIXTURES_DIRECTORY, FIXTURES.seeing);
  const spec = parseSpec({ modality: 'image', order: 'shuffled', objects: 6 });
  const outcomes = await sweepLayers(subject, spec, 2, indices(8));
  expect(outcomes).toHaveLength(8);
  for (const { layers } of outcomes) {
    // The patched copies of the question are at other places in the row, which rounds sums in another order.
    expect(layers[0]?.maxLogitDelta).toBeLessThan(1e-5);
    expect(layers[2]?.maxLogitDelta).toBeGreaterThan(1e-3);
  }
});

describe.each(weightTypeSchema.options)('a model with hooks and weights of %s', (weights) => {
  const theta = initialParameters(TINY, 12);
  const model = inferenceModel(TINY, TINY, theta, weights);
  const batch = sampleBatch(3, 5, 1, 'image');
  let probe: ProbeSession;
  beforeAll(async () => {
    probe = await openProbe(ort, model);
  });

  it('without a patch is the inference graph', async () => {
    const runner = await openModel(ort, { model, featureWidth: TINY.patchFeatures });
    const { logits } = await probe.run(batch);
    expect(relativeError(logits, await runner.logits(batch))).toBeLessThan(1e-6);
  });

  it('has at each hook site the activation of the forward pass', async () => {
    const run = await probe.run(batch);
    const sites = hookSites(TINY);
    const activations = await activationsOf(theta, batch);
    const tokens = indices(batch.rows * batch.length);
    const at = (token: number) => ({
      row: Math.floor(token / batch.length),
      token: token % batch.length,
    });
    // Half precision changes weights by up to 1 in 2048.
    const tolerance = weights === 'float16' ? 1e-2 : 1e-5;
    for (const [layer, site] of sites.residuals.entries()) {
      const found = tokens.flatMap((token) => [...run.residual(layer, at(token))]);
      expect(relativeError(Float32Array.from(found), activations(site))).toBeLessThan(tolerance);
    }
    for (const [layer, site] of sites.headOutputs.entries()) {
      const found = indices(batch.rows).flatMap((row) =>
        indices(TINY.heads).flatMap((head) =>
          indices(batch.length).flatMap((token) => [
            ...run.headOutput(layer, head, { row, token }),
          ]),
        ),
      );
      expect(relativeError(Float32Array.from(found), activations(site))).toBeLessThan(tolerance);
    }
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

  it('changes the answer of a row where attention is cut, or a head is silenced', async () => {
    const { logits } = await probe.run(batch);
    const [at = 0] = batch.answerIndex;
    const cuts = indices(at).map((to) => ({ layers: [0, 1] as const, row: 0, from: at, to }));
    const cut = await probe.run(batch, { cuts });
    expect(relativeError(cut.logits, logits)).toBeGreaterThan(1e-3);
    const silent = { layer: 1, head: 0, row: 0, token: at };
    const ablated = await probe.run(batch, { heads: [silent] });
    expect(relativeError(ablated.logits, logits)).toBeGreaterThan(1e-3);
    // Only in that row.
    const perRow = logits.length / batch.rows;
    expect(cut.logits.slice(perRow)).toEqual(logits.slice(perRow));
    expect(ablated.logits.slice(perRow)).toEqual(logits.slice(perRow));
  });
});
