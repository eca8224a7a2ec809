import type { InferenceSession, Tensor } from 'onnxruntime-common';
import type { Feed } from './session-runs.ts';

/** The part of ONNX Runtime that is used here; onnxruntime-web and onnxruntime-node both have it. */
export interface Runtime {
  readonly Tensor: typeof Tensor;
  readonly InferenceSession: {
    create(model: Uint8Array, options?: SessionOptions): Promise<InferenceSession>;
  };
  /**
   * Opens a session that the runtime started with. Each session is returned once, and the caller releases it.
   *
   * @param sha256 of the file of a model, whose rewritten graph (`openFused`) the session has, or of an encoder
   * @returns undefined where there is none
   */
  readonly restore?: (sha256: string) => Promise<InferenceSession> | undefined;
  /** Where it is false, kernels run on another device, and models run as their files say. */
  readonly runsOnCpu?: boolean;
}

export type SessionOptions = Pick<InferenceSession.SessionOptions, 'graphOptimizationLevel'>;

/** Feeds as tensors of one runtime. */
export const toTensors = (
  { Tensor }: Pick<Runtime, 'Tensor'>,
  feeds: Readonly<Record<string, Feed>>,
): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, { type, data, dims }]) => [
      name,
      new Tensor(type, data, dims),
    ]),
  );
