import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { readOnnx } from '../../onnx/codec.ts';
import { readSignature, type ModelSignature } from '../../onnx/signature.ts';
import { headHook, residualHook } from '../../onnx/taps/hooks.ts';
import { planTaps, type TapPlan } from '../../onnx/taps/plan.ts';
import { tapModel } from '../../onnx/taps/tap-model.ts';
import { foreignPath, ownFile } from '../fixtures/onnx/files.ts';
import { OWN_PATCHES } from '../fixtures/onnx/own-patches.ts';
import { largestDifference, lastOf, openRun, type Run } from '../fixtures/onnx/sessions.ts';

/**
 * Activations of shipped models, float32 in base64: logits of both rows, and at the last token of row 1
 * the residual streams and head outputs of all layers. Recorded from the graphs with taps that the
 * trainer used to trace beside each model (probe.onnx), from which taps differed by exactly 0.
 */
const RECORDED = JSON.parse(readFileSync(foreignPath('own-activations.json'), 'utf8')) as Record<
  string,
  Record<string, { logits: string; residuals?: string; heads?: string }>
>;

const decoded = (base64 = ''): Float32Array =>
  new Float32Array(new Uint8Array(Buffer.from(base64, 'base64')).buffer);

/** Other processors sum in another order. */
const TOLERANCE = 1e-4;

describe.each([
  ['text-only', 8, 64, 2],
  ['image-text', 8, 64, 2],
  ['text-only-paper', 12, 128, 4],
])('%s', (id, layers, width, heads) => {
  let plan: TapPlan;
  let signature: ModelSignature;
  let plain: Run;
  let run: Run;
  beforeAll(async () => {
    const model = readOnnx(ownFile(`${id}/model.onnx`));
    const read = readSignature(model);
    if (!read.signature) throw new Error(`${id} has no signature`);
    ({ signature } = read);
    plan = planTaps(model, signature);
    const tapped = tapModel(plan, { residuals: 'all', heads: 'all', scores: 'all' });
    expect(tapped).toMatchObject({ layers, width, heads: { count: heads, width: width / heads } });
    plain = await openRun(model, signature);
    run = await openRun(model, signature, tapped);
  });

  it.each(Object.keys(OWN_PATCHES))(
    'has the logits of the traced probe graph: patched %s',
    async (name) => {
      const patches = OWN_PATCHES[name]?.(layers, width, width / heads);
      const { logits = new Float32Array() } = await run(0, patches);
      const recorded = decoded(RECORDED[id]?.[name]?.logits);
      expect(recorded).toHaveLength(2 * 470);
      expect(largestDifference(logits, recorded)).toBeLessThan(TOLERANCE);
      if (name === 'none') return;
      const clean = decoded(RECORDED[id]?.['none']?.logits);
      expect(largestDifference(logits, clean)).toBeGreaterThan(100 * TOLERANCE);
    },
  );

  it('has its residual streams and head outputs', async () => {
    const outputs = await run(0, {}, [lastOf(1)]);
    const joined = (count: number, hook: (layer: number) => string) =>
      Float32Array.from(
        Array.from({ length: count }, (_, layer) => [...(outputs[hook(layer)] ?? [])]).flat(),
      );
    const residuals = joined(layers + 1, (layer) => residualHook(layer, layers));
    const { none } = RECORDED[id] ?? {};
    expect(residuals).toHaveLength((layers + 1) * width);
    expect(largestDifference(residuals, decoded(none?.residuals))).toBeLessThan(TOLERANCE);
    const z = joined(layers, headHook);
    expect(z).toHaveLength(layers * width);
    expect(largestDifference(z, decoded(none?.heads))).toBeLessThan(TOLERANCE);
  });

  it('has the logits of the untapped model, bit by bit', async () => {
    expect((await run(0))['logits']).toEqual((await plain(0))['logits']);
  });

  it('gets no node for what is not selected', () => {
    const added = (...args: Parameters<typeof tapModel>) =>
      tapModel(...args).model.graph.nodes.length - plan.model.graph.nodes.length;
    expect(added(plan, {})).toBe(0);
    expect(isDeepStrictEqual(tapModel(plan, {}).model, plan.model)).toBe(true);
    // Scatter and Gather; with flattening and back for heads; Scatter alone for scores.
    expect(added(plan, { residuals: [3] })).toBe(2);
    expect(added(plan, { heads: [3] })).toBe(5);
    expect(added(plan, { scores: [3, 3] })).toBe(1);
  });
});
