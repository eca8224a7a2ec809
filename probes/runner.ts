import type { InferenceSession } from 'onnxruntime-common';
import { joinAnswers, toTensors, type Runtime } from '../inference/session.ts';
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

/** What is changed in a run: activations replaced, attention cut. */
export type Interventions = Patches;

/** The sizes of a model that probes depend on. */
export interface ProbeShape {
  readonly layers: number;
  /** D, of the residual stream. */
  readonly width: number;
  /** Heads of a layer; 0 where single heads and attention cannot be reached. */
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
  /** Why single heads and attention cannot be reached, where they cannot. */
  readonly attentionFault?: string;
  /** @param read the tokens whose activations are wanted; by default every token of the batch */
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
 * @throws TapError where its residual stream cannot be reached; the message says why
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
      const wanted = activations.wantedIn(run, read);
      const feeds = { ...run.feeds, ...this.#hookFeeds(run, interventions, wanted) };
      const names = [this.signature.logits.name, ...(wanted.length > 0 ? this.#hooks : [])];
      const outputs = await this.session.run(toTensors(this.runtime, feeds), names);
      parts.push(readLogits(outputs, this.signature, run));
      if (wanted.length > 0) {
        activations.add(
          wanted,
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
    wanted: readonly WantedToken[],
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
      wanted.map(({ place }) => place),
    );
  }
}

/** A token whose activations a run gives: its key in the batch, and its place in the run. */
interface WantedToken {
  readonly key: number;
  readonly place: BatchToken;
}

/** The activations that the runs of one batch gave, by token of the batch. */
class Activations {
  /** Which part, and which row of its outputs, has a token. */
  readonly #found = new Map<number, { readonly part: number; readonly row: number }>();
  readonly #parts: ReadonlyMap<string, Float32Array>[] = [];

  constructor(
    private readonly tapped: TappedModel,
    private readonly batch: Batch,
  ) {}

  /** The tokens to read in a run: those that no earlier run has given. */
  wantedIn(run: SessionRun, read: readonly BatchToken[]): WantedToken[] {
    return read.flatMap((token) => {
      const key = this.#keyOf(token);
      const [place] = this.#found.has(key) ? [] : run.locate(token);
      return place ? [{ key, place }] : [];
    });
  }

  add(wanted: readonly WantedToken[], outputs: ReadonlyMap<string, Float32Array>): void {
    const part = this.#parts.push(outputs) - 1;
    wanted.forEach(({ key }, row) => this.#found.set(key, { part, row }));
  }

  residual(layer: number, at: BatchToken): Float32Array {
    const { layers, width } = this.tapped;
    const { part, row } = this.#placeOf(at);
    return this.#vector(part, residualHook(layer, layers), row, width);
  }

  headOutput(layer: number, head: number, at: BatchToken): Float32Array {
    const { count = 0, width = 0 } = this.tapped.heads ?? {};
    const { part, row } = this.#placeOf(at);
    return this.#vector(part, headHook(layer), row * count + head, width);
  }

  #vector(part: number, hook: string, row: number, width: number): Float32Array {
    const values = this.#parts[part]?.get(hook);
    if (!values) throw new RangeError(`the model has no hook ${hook}`);
    return values.slice(row * width, (row + 1) * width);
  }

  #placeOf(at: BatchToken) {
    const place = this.#found.get(this.#keyOf(at));
    if (place) return place;
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
