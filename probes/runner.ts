import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { toFeeds } from '../inference/model-inputs.ts';
import type { Runtime } from '../inference/session.ts';
import type { Batch } from '../task/batch.ts';
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

/** A token of a batch: its row, and its place in the row. */
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

/** Replaces the output of one head at one token; without a vector the head falls silent there. */
export interface HeadPatch extends BatchToken {
  readonly layer: number;
  readonly head: number;
  /** [K] */
  readonly vector?: Float32Array;
}

/** Keeps a token from attending to others in some layers. */
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

/** A run that also tells what each head found. */
export interface HeadRun extends ProbeRun {
  /** The output [K] of a head at a token, before the heads are mixed, as patched. */
  headOutput(layer: number, head: number, at: BatchToken): Float32Array;
}

/** Anything that runs a model under interference: an ONNX session, or a stand-in that proves a probe. */
export interface ProbeRunner<R extends ProbeRun = ProbeRun> {
  readonly shape: ProbeShape;
  run(batch: Batch, interference?: Interventions): Promise<R>;
}

/** A probe that holds an ONNX session, and gives its memory back when it is done. */
export interface ProbeSession extends ProbeRunner<HeadRun> {
  release(): Promise<void>;
}

/** What is added to an attention logit to cut it: as in `task/batch.ts`, large and finite. */
const CUT = -1e9;

/**
 * A probe session.
 *
 * @param graph the probe graph
 * @param weights the tail of the model file, from `weightsOffset` on
 * @param featureWidth F, the width of patch features; 0 for a model that reads text only
 */
export async function openProbe(
  runtime: Runtime,
  graph: Uint8Array,
  weights: Uint8Array,
  shape: ProbeShape,
  featureWidth: number,
): Promise<ProbeSession> {
  // Protobuf merges what stands one after another: graph and weights make one model.
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

  async run(batch: Batch, interference: Interventions = {}): Promise<HeadRun> {
    const { rows, length } = batch;
    const { width, heads } = this.shape;
    const headWidth = width / heads;
    const outputs = await this.session.run(
      {
        ...toFeeds<Tensor>(batch, this.featureWidth, this.runtime.Tensor),
        ...this.#interferenceFeeds(batch, interference),
      },
      ['logits', RESIDUALS, HEAD_OUTPUTS],
    );
    const residuals = outputs[RESIDUALS].data as Float32Array;
    const headOutputs = outputs[HEAD_OUTPUTS].data as Float32Array;
    return {
      logits: outputs['logits'].data as Float32Array,
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

  #interferenceFeeds({ rows, length }: Batch, { residuals, heads, cuts }: Interventions) {
    const { width, heads: headCount } = this.shape;
    const headWidth = width / headCount;
    const sizes: Readonly<Record<string, number>> = { batch: rows, length };
    const shapes = Object.entries(probeInputShapes(this.shape)).map(([name, shape]) => {
      const dims = shape.map((size) => (typeof size === 'string' ? sizes[size] : size));
      return [name, dims] as const;
    });
    const data = Object.fromEntries(
      shapes.map(([name, dims]) => {
        const keeps = name === RESIDUAL_KEEP || name === HEAD_KEEP;
        return [name, new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(keeps ? 1 : 0)];
      }),
    );
    for (const { layer, row, token, vector } of residuals ?? []) {
      const place = (layer * rows + row) * length + token;
      data[RESIDUAL_KEEP][place] = 0;
      data[RESIDUAL_VALUE].set(vector, place * width);
    }
    for (const { layer, head, row, token, vector } of heads ?? []) {
      const place = ((layer * rows + row) * headCount + head) * length + token;
      data[HEAD_KEEP][place] = 0;
      if (vector) data[HEAD_VALUE].set(vector, place * headWidth);
    }
    for (const { layers, row, from, to } of cuts ?? []) {
      for (let layer = layers[0]; layer <= layers[1]; layer++) {
        data[LAYER_BIAS][((layer * rows + row) * length + from) * length + to] = CUT;
      }
    }
    return Object.fromEntries(
      shapes.map(([name, dims]) => [name, new this.runtime.Tensor('float32', data[name], dims)]),
    );
  }
}
