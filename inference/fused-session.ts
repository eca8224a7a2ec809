import type { InferenceSession } from 'onnxruntime-common';
import { fuseModel } from '../onnx/fusion/fuse.ts';
import { FUSED_INPUTS } from '../onnx/fusion/write-transformer.ts';
import type { Batch } from '../task/batch.ts';
import { floatOutput, type Feed } from './session-runs.ts';
import { toTensors, type Runtime } from './runtime.ts';

/** Computes logits by a graph that was rewritten to answer faster; the model file stays as it is. */

export interface FusedSession {
  /** @returns [N, V] */
  logits(batch: Batch): Promise<Float32Array>;
  release(): Promise<void>;
}

/**
 * @param featureWidth F, the width of patch features; 0 for a model that only reads text
 * @returns undefined where the graph is not one of this project's trainer, or the runtime lacks a kernel: then the
 *   file runs as it is, or fails with the runtime's own message
 */
export async function openFused(
  runtime: Runtime,
  model: Uint8Array,
  featureWidth: number,
): Promise<FusedSession | undefined> {
  let session: InferenceSession;
  try {
    const fused = fuseModel(model);
    if (!fused) return undefined;
    // Nothing is left to optimise, and trying takes longer than all the rest.
    session = await runtime.InferenceSession.create(fused, { graphOptimizationLevel: 'disabled' });
  } catch {
    return undefined;
  }
  return fusedSession(runtime, session, featureWidth);
}

/** @param session of a graph that `fuseModel` wrote */
export function fusedSession(
  runtime: Runtime,
  session: InferenceSession,
  featureWidth: number,
): FusedSession {
  return {
    logits: async (batch) => {
      const answers = slotsOf(batch);
      const feeds = fusedFeeds(batch, answers.tokens, featureWidth);
      const outputs = await session.run(toTensors(runtime, feeds));
      return answers.read(floatOutput(outputs, 'logits'));
    },
    release: () => session.release(),
  };
}

/** The answers as the graph computes them. */
interface AnswerSlots {
  /** [B * A] as row * T + token: each row has the same number of slots. */
  readonly tokens: BigInt64Array;
  /** Logits [N, V] of the batch's answers from those [B * A, V] of the slots. */
  readonly read: (logits: Float32Array) => Float32Array;
}

/** Rows with fewer answers than another get slots that nothing reads. A token that is read twice has one slot. */
export function slotsOf({ rows, length, answerIndex }: Batch): AnswerSlots {
  const slots = Array.from({ length: rows }, () => new Map<number, number>());
  const places = Array.from(answerIndex, (token) => {
    const row = Math.floor(token / length);
    const slotsOfRow = slots[row];
    if (!slotsOfRow) throw new RangeError(`answer_index has ${token}, which is in no row`);
    const slot = slotsOfRow.get(token) ?? slotsOfRow.size;
    slotsOfRow.set(token, slot);
    return { row, slot };
  });
  const perRow = Math.max(1, ...slots.map(({ size }) => size));
  const tokens = new BigInt64Array(rows * perRow);
  slots.forEach((tokensOfRow, row) => {
    tokens.fill(BigInt(row * length), row * perRow, (row + 1) * perRow);
    for (const [token, slot] of tokensOfRow) tokens[row * perRow + slot] = BigInt(token);
  });
  const order = places.map(({ row, slot }) => row * perRow + slot);
  const isInOrder = order.length === tokens.length && order.every((slot, at) => slot === at);
  const read = (logits: Float32Array) => {
    if (isInOrder) return logits;
    const width = logits.length / tokens.length;
    const picked = new Float32Array(order.length * width);
    order.forEach((slot, at) => {
      picked.set(logits.subarray(slot * width, (slot + 1) * width), at * width);
    });
    return picked;
  };
  return { tokens, read };
}

function fusedFeeds(
  batch: Batch,
  answers: BigInt64Array,
  featureWidth: number,
): Record<string, Feed> {
  const { rows, length, tokens, positions, attentionBias } = batch;
  const { features, featureRows } = FUSED_INPUTS;
  return {
    [FUSED_INPUTS.tokens]: { type: 'int32', data: tokens, dims: [rows, length] },
    [FUSED_INPUTS.positions]: { type: 'int32', data: positions, dims: [rows, length] },
    [FUSED_INPUTS.bias]: { type: 'float32', data: attentionBias, dims: [rows, length, length] },
    [FUSED_INPUTS.answers]: { type: 'int64', data: answers, dims: [answers.length] },
    ...(featureWidth > 0 && visibleFeatures(batch, featureWidth, features, featureRows)),
  };
}

/** Features that are not all zero, which add nothing, with their tokens. */
function visibleFeatures(
  { patchFeatures = new Float32Array(0) }: Batch,
  width: number,
  featuresName: string,
  rowsName: string,
): Record<string, Feed> {
  const tokens: number[] = [];
  for (let start = 0; start < patchFeatures.length; start += width) {
    if (patchFeatures.subarray(start, start + width).some((value) => value !== 0)) {
      tokens.push(start / width);
    }
  }
  const data = new Float32Array(tokens.length * width);
  tokens.forEach((token, at) => {
    data.set(patchFeatures.subarray(token * width, (token + 1) * width), at * width);
  });
  const count = tokens.length;
  return {
    [featuresName]: { type: 'float32', data, dims: [count, width] },
    [rowsName]: { type: 'int64', data: BigInt64Array.from(tokens, BigInt), dims: [count, 1] },
  };
}
