import type {
  AttributeMessage,
  LoadMessage,
  RunMessage,
  WorkerRequest,
  WorkerResponse,
} from './messages.ts';

type Response<K extends WorkerResponse['kind']> = Extract<WorkerResponse, { kind: K }>;

/** A model in a web worker of this browser. It handles one request at a time. */
export class LocalModel {
  readonly #worker = new Worker(new URL('./model-worker.ts', import.meta.url), { type: 'module' });

  /** @throws Error where a file differs from its card, or ONNX Runtime cannot run it */
  load(message: LoadMessage, onProgress: (share: number) => void): Promise<Response<'loaded'>> {
    return this.#request(message, 'loaded', onProgress);
  }

  run(message: RunMessage, onProgress: (share: number) => void): Promise<Response<'answers'>> {
    return this.#request(message, 'answers', onProgress);
  }

  attribute(message: AttributeMessage): Promise<Response<'attribution'>> {
    return this.#request(message, 'attribution');
  }

  stop(): void {
    this.#worker.terminate();
  }

  #request<K extends WorkerResponse['kind']>(
    message: WorkerRequest,
    kind: K,
    onProgress?: (share: number) => void,
  ): Promise<Response<K>> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<WorkerResponse>) => {
        if (data.kind === 'progress') onProgress?.(data.loaded / data.total);
        else if (data.kind === 'answered') onProgress?.(data.done / data.total);
        else if (data.kind === 'failed') reject(new Error(data.reason));
        else if (data.kind === kind) resolve(data as Response<K>);
      };
      this.#worker.onerror = (event) => {
        reject(new Error(event.message || 'the web worker could not start'));
      };
      this.#worker.postMessage(message);
    });
  }
}
