import fc from 'fast-check';
import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { weightTypeSchema } from '../../contract/card.ts';
import { sweepLayers, summarise } from '../../probes/interchange.ts';
import { interchangePair } from '../../probes/pairs.ts';
import { openProbe, type ProbeRunner } from '../../probes/runner.ts';
import { openModel } from '../../inference/session.ts';
import { queryOf } from '../../task/query.ts';
import { parseSpec } from '../../task/spec.ts';
import { inferenceModel } from '../../trainer/model-file.ts';
import { probeGraph } from '../../trainer/graphs.ts';
import { initialParameters } from '../../trainer/model.ts';
import { encodeModel } from '../../trainer/tracer/onnx.ts';
import { openSubject } from '../../trainer/probe-subject.ts';
import { FIXTURES } from '../support/fixtures.ts';
import { FIXTURES_DIRECTORY } from '../support/paths.ts';
import { referenceNetwork } from '../support/reference-networks.ts';
import { relativeError, sampleBatch, TINY } from '../support/training.ts';

const noPictures = () => Promise.reject(new Error('these tests read text'));
const indices = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('pairs', () => {
  it('let each mechanism find something else', () => {
    const order = fc.constantFrom('context' as const, 'shuffled' as const);
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 32 }),
        order,
        fc.nat(),
        fc.nat(),
        (objects, o, s, i) => {
          const spec = parseSpec({ objects, order: o });
          const pair = interchangePair(spec, s, i);
          const { original, counterfactual, asked, positional, symbolic, reflexive } = pair;
          expect(new Set([asked, positional, symbolic, reflexive]).size).toBe(4);

          // The same colour is asked about, and in the counterfactual it stands at P.
          const there = counterfactual.objects[positional];
          expect(there.colour).toBe(original.objects[asked].colour);
          expect(there.shape).toBe(original.objects[symbolic].shape);
          const query = queryOf(counterfactual, positional, spec);
          expect(query.strategies.symbolic.item).toBe(original.objects[reflexive].item);

          // Still a proper scene, of the same names.
          for (const field of ['colour', 'shape', 'item'] as const) {
            const names = (scene: typeof original) => scene.objects.map((object) => object[field]);
            expect([...names(counterfactual)].sort()).toEqual([...names(original)].sort());
          }
        },
      ),
    );
  });

  it('need four objects', () => {
    expect(() => interchangePair(parseSpec({ objects: 3 }), 0, 0)).toThrow(/at least 4 objects/);
  });
});

describe('the instrument, on networks whose mechanism is known', () => {
  it.each(['positional', 'symbolic'] as const)('finds %s', async (mechanism) => {
    const spec = parseSpec({ objects: 8 });
    const probe = referenceNetwork(mechanism);
    const subject = { probe, encode: noPictures, featureWidth: 0 };
    const outcomes = await sweepLayers(subject, spec, 1, indices(200));
    const summary = summarise(outcomes);
    expect(summary.solved).toBe(200);
    expect(summary.firstCausalLayer).toBe(2);
    expect(summary.peakLayer).toBe(2);
    const shares = summary.layers.map((layer) => layer.shares);
    expect(shares[1].unchanged.accuracy).toBe(1);
    expect(shares[2][mechanism].accuracy).toBeGreaterThanOrEqual(0.99);
    expect(shares[3][mechanism].accuracy).toBeGreaterThanOrEqual(0.99);
    expect(shares[4].reflexive.accuracy).toBe(1);
    const { ratio, interval } = summary.ratioAtPeak;
    expect(mechanism === 'symbolic' ? ratio : 1 / ratio).toBe(401);
    expect(interval[0] <= ratio && ratio <= (interval[1] ?? Infinity)).toBe(true);
  });
});

it('shuffled associations leave position only the pairs in which both its readings agree', async () => {
  const spec = parseSpec({ objects: 8, order: 'shuffled' });
  const probe = referenceNetwork('positional');
  const subject = { probe, encode: noPictures, featureWidth: 0 };
  const outcomes = await sweepLayers(subject, spec, 1, indices(600));
  const solved = outcomes.filter((outcome) => outcome.solved);
  // Asked and P must both stand where their associations stand: one in 56.
  expect(solved.length).toBeGreaterThan(2);
  expect(solved.length).toBeLessThan(30);
  for (const { pair, layers } of solved) {
    expect(pair.original.associations[pair.positional]).toBe(pair.positional);
    expect(layers[2].outcome).toBe('positional');
  }
});

it('pictures: a patch of the question changes nothing before the context is read, and all in the end', async () => {
  const { subject } = await openSubject(FIXTURES_DIRECTORY, FIXTURES.seeing);
  const spec = parseSpec({ modality: 'image', order: 'shuffled', objects: 6 });
  const outcomes = await sweepLayers(subject, spec, 2, indices(8));
  for (const { layers } of outcomes) {
    expect(layers[0].maxLogitDelta).toBe(0);
    expect(layers[2].maxLogitDelta).toBeGreaterThan(0);
  }
});

describe.each(weightTypeSchema.options)('the probe graph with weights of %s', (weights) => {
  const theta = initialParameters(TINY, 12);
  const { model, weightsOffset } = inferenceModel(TINY, TINY, theta, weights);
  const batch = sampleBatch(3, 5, 1, 'image');
  let probe: ProbeRunner;
  beforeAll(async () => {
    const graph = encodeModel(probeGraph(TINY, weights));
    probe = await openProbe(ort, graph, model.slice(weightsOffset), TINY, TINY.patchFeatures);
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
