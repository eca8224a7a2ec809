import { WRITE_TOKEN, type WorkerOverrides } from '../../harness/worker.ts';

/** What happens to the calls of a bucket that fail: `put model.onnx` for one, `get` for all reads. */
export class FaultyBucket {
  readonly faults = new Set<string>();

  /** A registry whose R2 is real and fails where it is told to. */
  readonly overrides: WorkerOverrides = {
    bindings: { WRITE_TOKEN },
    wrappedBindings: { REGISTRY: { scriptName: 'faulty-bucket' } },
    besides: [
      {
        name: 'faulty-bucket',
        modules: true,
        script: WRAPPER,
        r2Buckets: ['INNER'],
        serviceBindings: { FAULTS: () => this.#answer() },
      },
    ],
  };

  async #answer() {
    const { Response } = await import('miniflare');
    return Response.json([...this.faults]);
  }
}

const WRAPPER = `
  export default ({ INNER, FAULTS }) => {
    const guarded = (call) => async (key, ...rest) => {
      const faults = await (await FAULTS.fetch('http://faults')).json();
      const name = typeof key === 'string' ? key.split('/').at(-1) : '';
      if (faults.includes(call) || faults.includes(call + ' ' + name)) throw new Error('R2 is down');
      return INNER[call](key, ...rest);
    };
    const calls = ['get', 'head', 'put', 'delete', 'list'];
    return Object.fromEntries(calls.map((call) => [call, guarded(call)]));
  };
`;
