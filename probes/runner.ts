import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { elementCount, resolveShape, toFeeds } from '../inference/model-inputs.ts';
import { floatOutput, type Runtime } from '../inference/session.ts';
import { MASKED, type Batch } from '../task/batch.ts';
import {
  HEAD_KEEP,
  HEAD_OUTPUTS,
  HEAD_VALUE,
  LAYER_BIAS,
  probeInputShapes,
  RESIDUAL_KEEP,
  RESIDUAL_VALUE,
  RESIDUALS,
  type ProbeShape,
} from './graph-io.ts';

/** A token of a batch: its row, and its index in the row. */
export interface BatchToken {
  readonly row: number;
  readonly token: number;
}

/** Replaces the residual stream before a layer (or, at L, after the last) at one token. */
export interface ResidualPatch extends BatchToken {
  readonly layer: number;
  /** [D] */
  readonly vector: Float32Array;
}

/** Replaces the output of one head at one token; without a vector the output is zero. */
export interface HeadPatch extends BatchToken {
  readonly layer: number;
  readonly head: number;
  /** [K] */
  readonly vector?: Float32Array;
}

/** Keeps a token from attending to another in some layers. */
export interface AttentionCut {
  /** First and last layer, both included. */
  readonly layers: readonly [number, number];
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

export interface Interventions {
  readonly residuals?: readonly ResidualPatch[];
  readonly heads?: readonly HeadPatch[];
  readonly cuts?: readonly AttentionCut[];
}

export interface ProbeRun {
  /** [N, V] */
  readonly logits: Float32Array;
  /** The residual stream [D] before a layer, or at L after the last, as patched. */
  residual(layer: number, at: BatchToken): Float32Array;
}

/** A run that also returns head outputs. */
export interface HeadRun extends ProbeRun {
  /** The output [K] of a head at a token, before the output projection, as patched. */
  headOutput(layer: number, head: number, at: BatchToken): Float32Array;
}

/** Runs a model with interventions: an ONNX session, or a fake model that tests a probe. */
export interface ProbeRunner<R extends ProbeRun = ProbeRun> {
  readonly shape: ProbeShape;
  run(batch: Batch, interventions?: Interventions): Promise<R>;
}

/** A probe with an open ONNX session; `release` frees its memory. */
export interface ProbeSession extends ProbeRunner<HeadRun> {
  release(): Promise<void>;
}

/**
 * Opens a probe session.
 *
 * @param graph the probe graph, without weights
 * @param weights the end of the model file, from `weightsOffset` on
 * @param featureWidth F, the width of patch features; 0 for a model that only reads text
 */
export async function openProbe(
  runtime: Runtime,
  graph: Uint8Array,
  weights: Uint8Array,
  shape: ProbeShape,
  featureWidth: number,
): Promise<ProbeSession> {
  // Protobuf merges concatenated messages, so graph and weights become one model.
  const model = new Uint8Array(graph.length + weights.length);
  model.set(graph);
  model.set(weights, graph.length);
  const session = await runtime.InferenceSession.create(model);
  return new SessionProbe(runtime, session, shape, featureWidth);
}

class SessionProbe implements ProbeSession {
  constructor(
    private readonly runtime: Runtime,
    private readonly session: InferenceSession,
    readonly shape: ProbeShape,
    private readonly featureWidth: number,
  ) {}

  async run(batch: Batch, interventions: Interventions = {}): Promise<HeadRun> {
    const { rows, length } = batch;
    const { width, heads } = this.shape;
    const headWidth = width / heads;
    const outputs = await this.session.run(
      {
        ...toFeeds<Tensor>(batch, this.featureWidth, this.runtime.Tensor),
        ...this.#interventionFeeds(batch, interventions),
      },
      ['logits', RESIDUALS, HEAD_OUTPUTS],
    );
    const residuals = floatOutput(outputs, RESIDUALS);
    const headOutputs = floatOutput(outputs, HEAD_OUTPUTS);
    return {
      logits: floatOutput(outputs, 'logits'),
      residual: (layer, { row, token }) => {
        const start = ((layer * rows + row) * length + token) * width;
        return residuals.slice(start, start + width);
      },
      headOutput: (layer, head, { row, token }) => {
        const start = (((layer * rows + row) * heads + head) * length + token) * headWidth;
        return headOutputs.slice(start, start + headWidth);
      },
    };
  }

  release(): Promise<void> {
    return this.session.release();
  }

  #interventionFeeds({ rows, length }: Batch, { residuals, heads, cuts }: Interventions) {
    const { width, heads: headCount } = this.shape;
    const headWidth = width / headCount;
    const shapes = probeInputShapes(this.shape);
    const tensor = (name: keyof typeof shapes, fill: number) => {
      const dims = resolveShape(shapes[name], { batch: rows, length });
      return { dims, data: new Float32Array(elementCount(dims)).fill(fill) };
    };
    const feeds = {
      [RESIDUAL_KEEP]: tensor(RESIDUAL_KEEP, 1),
      [RESIDUAL_VALUE]: tensor(RESIDUAL_VALUE, 0),
      [HEAD_KEEP]: tensor(HEAD_KEEP, 1),
      [HEAD_VALUE]: tensor(HEAD_VALUE, 0),
      [LAYER_BIAS]: tensor(LAYER_BIAS, 0),
    };
    for (const { layer, row, token, vector } of residuals ?? []) {
      const index = (layer * rows + row) * length + token;
      feeds[RESIDUAL_KEEP].data[index] = 0;
      feeds[RESIDUAL_VALUE].data.set(vector, index * width);
    }
    for (const { layer, head, row, token, vector } of heads ?? []) {
      const index = ((layer * rows + row) * headCount + head) * length + token;
      feeds[HEAD_KEEP].data[index] = 0;
      if (vector) feeds[HEAD_VALUE].data.set(vector, index * headWidth);
    }
    for (const { layers, row, from, to } of cuts ?? []) {
      for (let layer = layers[0]; layer <= layers[1]; layer++) {
        feeds[LAYER_BIAS].data[((layer * rows + row) * length + from) * length + to] = MASKED;
      }
    }
    return Object.fromEntries(
      Object.entries(feeds).map(([name, { data, dims }]) => [
        name,
        new this.runtime.Tensor('float32', data, dims),
      ]),
    );
  }
}
