import { beforeAll, describe, expect, it } from 'vitest';
import { readOnnx } from '../../onnx/codec.ts';
import { readSignature, type ModelSignature } from '../../onnx/signature.ts';
import { TapError } from '../../onnx/taps/errors.ts';
import type { HeadPatch, TokenIndex } from '../../onnx/taps/feeds.ts';
import { headHook, residualHook } from '../../onnx/taps/hooks.ts';
import { planTaps, type TapPlan } from '../../onnx/taps/plan.ts';
import { tapModel, type TappedModel } from '../../onnx/taps/tap-model.ts';
import { FOREIGN_MODELS, foreignFile, ownFile } from '../fixtures/onnx/files.ts';
import {
  BATCH,
  largestDifference,
  lastOf,
  openRun,
  type Outputs,
  type Run,
} from '../fixtures/onnx/sessions.ts';

const LAYERS = { gpt: 4, qwen2: 4, 'qwen2-genai': 4, 'text-only-neox': 8 };

interface Opened {
  readonly signature: ModelSignature;
  readonly plan: TapPlan;
  readonly tapped: TappedModel;
  readonly plain: Run;
  readonly run: Run;
}

async function open(id: string, bytes: Uint8Array): Promise<Opened> {
  const model = readOnnx(bytes);
  const { signature } = readSignature(model);
  if (!signature) throw new Error(`${id} has no signature`);
  const plan = planTaps(model, signature);
  const all = plan.attention instanceof TapError ? {} : ({ heads: 'all', scores: 'all' } as const);
  const tapped = tapModel(plan, { residuals: 'all', ...all });
  const external = id === 'qwen2-genai' ? foreignFile(`${id}/model.onnx.data`) : undefined;
  return {
    signature,
    plan,
    tapped,
    plain: await openRun(model, signature, undefined, external),
    run: await openRun(model, signature, tapped, external),
  };
}

/** The logits at a token of a decoder that gives them at every token. */
const logitsAt = (
  logits: Float32Array | undefined,
  vocabulary: number,
  { row, token }: TokenIndex,
) => {
  const start = (row * BATCH.tokens + token) * vocabulary;
  return logits?.slice(start, start + vocabulary) ?? new Float32Array();
};

describe.each(FOREIGN_MODELS)('%s', (id) => {
  let model: Opened;
  beforeAll(async () => {
    model = await open(id, foreignFile(`${id}/model.onnx`));
  });
  const answer = lastOf(1);
  const read = [lastOf(0), answer];
  const answered = async (...args: Parameters<Run>) =>
    logitsAt((await model.run(...args))['logits'], model.signature.vocabulary, answer);
  const residual = async (variant: number, layer: number) => {
    const { layers, width } = model.plan;
    const outputs = await model.run(variant, {}, read);
    return outputs[residualHook(layer, layers)]?.slice(width, 2 * width) ?? new Float32Array();
  };
  const layerNumbers = Array.from({ length: LAYERS[id] + 1 }, (_, layer) => layer);

  it('has its layers found', () => {
    expect(model.plan.layers).toBe(LAYERS[id]);
    expect(model.plan.width).toBe(64);
  });

  it('answers the same without a patch', async () => {
    const { logits: before = new Float32Array() } = await model.plain(0);
    const { logits: after = new Float32Array() } = await model.run(0);
    expect(before.some((value) => value !== 0)).toBe(true);
    // Splitting a fused norm changes the last bits.
    expect(largestDifference(before, after)).toBeLessThan(id === 'qwen2-genai' ? 2e-5 : 1e-6);
  });

  it.each(layerNumbers)(
    'answers the same with its own residual stream at layer %i',
    async (layer) => {
      const vector = await residual(0, layer);
      const patched = await answered(0, { residuals: [{ ...answer, layer, vector }] });
      expect(largestDifference(patched, await answered(0))).toBeLessThan(1e-6);
    },
  );

  it('answers as the counterfactual once the last layer is patched, and not before', async () => {
    const counterfactual = await answered(1);
    expect(largestDifference(counterfactual, await answered(0))).toBeGreaterThan(0.1);
    for (const layer of layerNumbers) {
      const vector = await residual(1, layer);
      const patched = await answered(0, { residuals: [{ ...answer, layer, vector }] });
      const difference = largestDifference(patched, counterfactual);
      if (layer === LAYERS[id]) expect(difference).toBeLessThan(1e-6);
      else expect(difference).toBeGreaterThan(0.01);
    }
  });

  it('leaves the other rows alone', async () => {
    const vector = new Float32Array(64).fill(1);
    const { logits: patched } = await model.run(0, {
      residuals: [{ ...answer, layer: 1, vector }],
    });
    const { logits } = await model.run(0);
    const [one, other] = [patched, logits].map((values) =>
      logitsAt(values, model.signature.vocabulary, lastOf(0)),
    );
    expect(one).toEqual(other);
  });

  it.skipIf(id === 'qwen2-genai')('has heads that can be read, replaced and silenced', async () => {
    const { count = 0, width = 0 } = model.tapped.heads ?? {};
    const outputs = await model.run(0, {}, read);
    const own = Array.from({ length: LAYERS[id] * count }, (_, at): HeadPatch => {
      const [layer, head] = [Math.floor(at / count), at % count];
      const start = (count + head) * width;
      const vector = outputs[headHook(layer)]?.slice(start, start + width) ?? new Float32Array();
      return { ...answer, layer, head, vector };
    });
    const clean = await answered(0);
    expect(largestDifference(await answered(0, { heads: own }), clean)).toBeLessThan(1e-6);
    const silent = await answered(0, { heads: [{ ...answer, layer: 1, head: 1 }] });
    expect(largestDifference(silent, clean)).toBeGreaterThan(0.01);
  });

  it.skipIf(id === 'qwen2-genai')(
    'does not depend on tokens that attention is cut from',
    async () => {
      // Where the answer sees only itself, other tokens do not matter; the last token is the same.
      const cuts = Array.from({ length: answer.token }, (_, to) => ({
        layers: [0, LAYERS[id] - 1] as const,
        row: answer.row,
        from: answer.token,
        to,
      }));
      const [one, other] = [await answered(0, { cuts }), await answered(2, { cuts })];
      expect(largestDifference(one, other)).toBeLessThan(1e-6);
      expect(largestDifference(one, await answered(0))).toBeGreaterThan(0.01);
    },
  );
});

const differenceAt = (name: string, a: Outputs, b: Outputs) =>
  largestDifference(a[name] ?? new Float32Array(), b[name] ?? new Float32Array());

describe('a model with fused attention', () => {
  it('says which kernel is in the way of heads and cuts', async () => {
    const { plan } = await open('qwen2-genai', foreignFile('qwen2-genai/model.onnx'));
    expect(plan.attention).toBeInstanceOf(TapError);
    for (const selection of [{ heads: [0] }, { scores: [0] }]) {
      expect(() => tapModel(plan, selection)).toThrow(
        'the attention of layer 0 is one kernel, com.microsoft.GroupQueryAttention ' +
          '"/model/layers.0/attn/GroupQueryAttention"',
      );
    }
  });
});

describe('text-only, exported from PyTorch', () => {
  it('has the residual streams and heads of the shipped file, patched and unpatched', async () => {
    const [foreign, own] = [
      await open('text-only-neox', foreignFile('text-only-neox/model.onnx')),
      await open('text-only', ownFile('text-only/model.onnx')),
    ];
    const read = [lastOf(0), { row: 1, token: 17 }, lastOf(1)];
    const vector = Float32Array.from({ length: 64 }, (_, at) => Math.sin(at));
    const patches = {
      residuals: [{ ...lastOf(1), layer: 3, vector }],
      heads: [{ ...lastOf(0), layer: 2, head: 1 }],
      cuts: [{ layers: [1, 5] as const, row: 1, from: 39, to: 11 }],
    };
    for (const given of [{}, patches]) {
      const [a, b] = [await foreign.run(0, given, read), await own.run(0, given, read)];
      const hooks = Object.keys(b).filter((name) => name.startsWith('blocks.'));
      expect(hooks).toHaveLength(9 + 8);
      for (const hook of hooks) {
        expect([hook, differenceAt(hook, a, b) < 1e-3]).toEqual([hook, true]);
      }
      const logits = logitsAt(a['logits'], 470, lastOf(1));
      expect(largestDifference(logits, b['logits']?.slice(470) ?? logits)).toBeLessThan(1e-3);
    }
  });
});
