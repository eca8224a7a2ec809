import type { WorkerResponse, LoadMessage, RunMessage } from './messages.ts';

type Answers = Extract<WorkerResponse, { kind: 'answers' }>;
type Loaded = Extract<WorkerResponse, { kind: 'loaded' }>;

/** A model in a thread of this browser. It does one thing at a time. */
export class LocalModel {
  readonly #thread = new Worker(new URL('./model-worker.ts', import.meta.url), { type: 'module' });

  /** @throws Error where a file is not what its card says, or ONNX Runtime refuses it */
  load(message: LoadMessage, onProgress: (share: number) => void): Promise<Loaded> {
    return this.#ask(message, 'loaded', onProgress);
  }

  run(message: RunMessage): Promise<Answers> {
    return this.#ask(message, 'answers');
  }

  stop(): void {
    this.#thread.terminate();
  }

  #ask<K extends WorkerResponse['kind']>(
    message: LoadMessage | RunMessage,
    kind: K,
    onProgress?: (share: number) => void,
  ): Promise<Extract<WorkerResponse, { kind: K }>> {
    return new Promise((resolve, reject) => {
      this.#thread.onmessage = ({ data }: MessageEvent<WorkerResponse>) => {
        if (data.kind === 'progress') onProgress?.(data.loaded / data.total);
        else if (data.kind === 'failed') reject(new Error(data.reason));
        else if (data.kind === kind) resolve(data as Extract<WorkerResponse, { kind: K }>);
      };
      this.#thread.onerror = (event) => {
        reject(new Error(event.message || 'the thread could not be started'));
      };
      this.#thread.postMessage(message);
    });
  }
}
