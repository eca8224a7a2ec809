import { WRITE_TOKEN, type WorkerOverrides } from '../../harness/worker.ts';

/**
 * What happens to the calls of a bucket that fail: `put model.onnx` for one, `get` for all reads; `lost put
 * model.json` where it is done and its answer is lost, `slow get` where the answer takes a quarter of a second.
 */
export class FaultyBucket {
  readonly faults = new Set<string>();

  /** A registry whose R2 is real and fails where the test says so. */
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
      const is = (fault) => [call, call + ' ' + name].some((one) => faults.includes(fault + one));
      if (is('')) throw new Error('R2 is down');
      if (is('slow ')) await new Promise((resolve) => setTimeout(resolve, 250));
      const answer = await INNER[call](key, ...rest);
      if (is('lost ')) throw new Error('R2 is down');
      return answer;
    };
    const calls = ['get', 'head', 'put', 'delete', 'list'];
    return Object.fromEntries(calls.map((call) => [call, guarded(call)]));
  };
`;
