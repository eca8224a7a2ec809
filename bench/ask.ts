import type { RunningWorker } from '../test/support/worker.ts';

export interface Asked {
  readonly status: number;
  readonly body: string;
  /** Connections that workerd closed before it answered. */
  readonly lost: number;
}

/**
 * Gets an address as browsers do, which ask again where a connection closes before the answer (RFC
 * 9110, 9.2.2): on a busy machine a client may send just when workerd closes what seems idle.
 */
export async function ask(worker: RunningWorker, path: string): Promise<Asked> {
  for (let lost = 0; ; lost++) {
    try {
      const response = await worker.fetch(path);
      return { status: response.status, body: await response.text(), lost };
    } catch (error) {
      if (!wasClosed(error) || lost === 3) throw error;
    }
  }
}

function wasClosed(error: unknown): boolean {
  if (!(error instanceof Error) || !(error.cause instanceof Error)) return false;
  const { cause } = error;
  return 'code' in cause && (cause.code === 'UND_ERR_SOCKET' || cause.code === 'ECONNRESET');
}
