import type { InferenceSession } from 'onnxruntime-common';
import { toTensors, type Runtime } from '../inference/runtime.ts';
import { joinAnswers } from '../inference/session.ts';
import {
  floatOutput,
  planRuns,
  readLogits,
  type BatchToken,
  type Feed,
  type SessionRun,
} from '../inference/session-runs.ts';
import { readOnnx, writeOnnx } from '../onnx/codec.ts';
import { OnnxError } from '../onnx/errors.ts';
import { readSignature, type ModelSignature } from '../onnx/signature.ts';
import { hookFeeds, type Patches } from '../onnx/taps/feeds.ts';
import { headHook, residualHook } from '../onnx/taps/hooks.ts';
import { planTaps } from '../onnx/taps/plan.ts';
import { tapModel, type TappedModel } from '../onnx/taps/tap-model.ts';
import { TapError } from '../onnx/taps/errors.ts';
import type { Batch } from '../task/batch.ts';

export type { BatchToken } from '../inference/session-runs.ts';
export type { AttentionCut, HeadPatch, ResidualPatch } from '../onnx/taps/feeds.ts';

/** Changes to a run: replaced activations and cut attention. */
export type Interventions = Patches;

/** The sizes of a model that probes depend on. */
export interface ProbeShape {
  readonly layers: number;
  /** D, of the residual stream. */
  readonly width: number;
  /** Heads per layer; 0 where heads and attention cannot be patched. */
  readonly heads: number;
}

export interface ProbeRun {
  /** [N, V] */
  readonly logits: Float32Array;
  /**
   * The residual stream [D] before a layer, or at L after the last, as patched.
   *
   * @throws RangeError where the run did not read that token
   */
  residual(layer: number, at: BatchToken): Float32Array;
}

/** A run that also returns head outputs. */
export interface HeadRun extends ProbeRun {
  /**
   * The output [K] of a head at a token, before the output projection, as patched.
   *
   * @throws RangeError where the run did not read that token
   */
  headOutput(layer: number, head: number, at: BatchToken): Float32Array;
}

/** Runs a model with interventions: an ONNX session, or a fake model that tests a probe. */
export interface ProbeRunner<R extends ProbeRun = ProbeRun> {
  readonly shape: ProbeShape;
  /** The reason where heads and attention cannot be patched. */
  readonly attentionFault?: string;
  /** @param read the tokens whose activations are returned; by default every token of the batch */
  run(batch: Batch, interventions?: Interventions, read?: readonly BatchToken[]): Promise<R>;
}

/** A probe with an open ONNX session; `release` frees its memory. */
export interface ProbeSession extends ProbeRunner<HeadRun> {
  release(): Promise<void>;
}

/**
 * Adds hooks to a model file and opens a session on it (onnx/taps).
 *
 * @throws OnnxError where the file is not a model that can be run
 * @throws TapError where its residual stream cannot be patched; the message has the reason
 */
export async function openProbe(runtime: Runtime, bytes: Uint8Array): Promise<ProbeSession> {
  const model = readOnnx(bytes);
  const { signature, reasons } = readSignature(model);
  if (!signature) throw new OnnxError(reasons.map(({ message }) => message).join('; '));
  const plan = planTaps(model, signature);
  const fault = plan.attention instanceof TapError ? plan.attention.message : undefined;
  const tapped = tapModel(plan, {
    residuals: 'all',
    ...(fault === undefined && { heads: 'all', scores: 'all' }),
  });
  const session = await runtime.InferenceSession.create(writeOnnx(tapped.model));
  return new TappedSession(runtime, session, signature, tapped, fault);
}

class TappedSession implements ProbeSession {
  readonly shape: ProbeShape;
  readonly attentionFault?: string;
  /** Outputs with activations. */
  readonly #hooks: readonly string[];

  constructor(
    private readonly runtime: Runtime,
    private readonly session: InferenceSession,
    private readonly signature: ModelSignature,
    private readonly tapped: TappedModel,
    fault: string | undefined,
  ) {
    const { layers, width, heads } = tapped;
    this.shape = { layers, width, heads: heads?.count ?? 0 };
    if (fault !== undefined) this.attentionFault = fault;
    this.#hooks = [
      ...tapped.tapped.residuals.map((layer) => residualHook(layer, layers)),
      ...tapped.tapped.heads.map(headHook),
    ];
  }

  async run(
    batch: Batch,
    interventions: Interventions = {},
    read: readonly BatchToken[] = allTokens(batch),
  ): Promise<HeadRun> {
    const runs = planRuns(batch, this.signature);
    const activations = new Activations(this.tapped, batch);
    const parts: Float32Array[] = [];
    for (const run of runs) {
      const tokens = activations.tokensIn(run, read);
      const feeds = { ...run.feeds, ...this.#hookFeeds(run, interventions, tokens) };
      const names = [this.signature.logits.name, ...(tokens.length > 0 ? this.#hooks : [])];
      const outputs = await this.session.run(toTensors(this.runtime, feeds), names);
      parts.push(readLogits(outputs, this.signature, run));
      if (tokens.length > 0) {
        activations.add(
          tokens,
          new Map(this.#hooks.map((hook) => [hook, floatOutput(outputs, hook)])),
        );
      }
    }
    const logits = joinAnswers(runs, parts, this.signature.vocabulary);
    return {
      logits,
      residual: (layer, at) => activations.residual(layer, at),
      headOutput: (layer, head, at) => activations.headOutput(layer, head, at),
    };
  }

  release(): Promise<void> {
    return this.session.release();
  }

  #hookFeeds(
    run: SessionRun,
    { residuals = [], heads = [], cuts = [] }: Interventions,
    tokens: readonly ReadToken[],
  ): Record<string, Feed> {
    const patches: Patches = {
      residuals: residuals.flatMap((patch) => run.locate(patch).map((at) => ({ ...patch, ...at }))),
      heads: heads.flatMap((patch) => run.locate(patch).map((at) => ({ ...patch, ...at }))),
      cuts: cuts.flatMap(({ row, from, to, ...cut }) => {
        const targets = run.locate({ row, token: to });
        return run.locate({ row, token: from }).flatMap((source) => {
          const target = targets.find((at) => at.row === source.row);
          return target ? [{ ...cut, row: source.row, from: source.token, to: target.token }] : [];
        });
      }),
    };
    const size = { rows: run.rows, tokens: run.tokens };
    return hookFeeds(
      this.tapped,
      size,
      patches,
      tokens.map(({ inRun }) => inRun),
    );
  }
}

/** A token whose activations are read: its key in the batch, and its position in the run. */
interface ReadToken {
  readonly key: number;
  readonly inRun: BatchToken;
}

/** The activations from all runs of a batch, by token of the batch. */
class Activations {
  /** For each token, the run and the row of its outputs. */
  readonly #positions = new Map<number, { readonly part: number; readonly row: number }>();
  readonly #parts: ReadonlyMap<string, Float32Array>[] = [];

  constructor(
    private readonly tapped: TappedModel,
    private readonly batch: Batch,
  ) {}

  /** The tokens to read in a run, without those of earlier runs. */
  tokensIn(run: SessionRun, read: readonly BatchToken[]): ReadToken[] {
    return read.flatMap((token) => {
      const key = this.#keyOf(token);
      const [inRun] = this.#positions.has(key) ? [] : run.locate(token);
      return inRun ? [{ key, inRun }] : [];
    });
  }

  add(tokens: readonly ReadToken[], outputs: ReadonlyMap<string, Float32Array>): void {
    const part = this.#parts.push(outputs) - 1;
    tokens.forEach(({ key }, row) => this.#positions.set(key, { part, row }));
  }

  residual(layer: number, at: BatchToken): Float32Array {
    const { layers, width } = this.tapped;
    const { part, row } = this.#positionOf(at);
    return this.#vector(part, residualHook(layer, layers), row, width);
  }

  headOutput(layer: number, head: number, at: BatchToken): Float32Array {
    const { count = 0, width = 0 } = this.tapped.heads ?? {};
    const { part, row } = this.#positionOf(at);
    return this.#vector(part, headHook(layer), row * count + head, width);
  }

  #vector(part: number, hook: string, row: number, width: number): Float32Array {
    const values = this.#parts[part]?.get(hook);
    if (!values) throw new RangeError(`the model has no hook ${hook}`);
    return values.slice(row * width, (row + 1) * width);
  }

  #positionOf(at: BatchToken) {
    const position = this.#positions.get(this.#keyOf(at));
    if (position) return position;
    throw new RangeError(`token ${at.token} of row ${at.row} was not read in this run`);
  }

  #keyOf({ row, token }: BatchToken): number {
    return row * this.batch.length + token;
  }
}

const allTokens = ({ rows, length }: Batch): BatchToken[] =>
  Array.from({ length: rows * length }, (_, at) => ({
    row: Math.floor(at / length),
    token: at % length,
  }));
