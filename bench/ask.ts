import { sendAgain } from '../harness/retry.ts';
import type { RunningWorker } from '../harness/worker.ts';

export interface Asked {
  readonly status: number;
  readonly body: string;
  /** Connections that workerd closed before it answered. */
  readonly lost: number;
}

/** Gets an address, whole, or asks it otherwise. */
export async function ask(
  worker: RunningWorker,
  path: string,
  init: RequestInit = {},
): Promise<Asked> {
  const { answer, lost } = await sendAgain(async () => {
    const response = await fetch(new URL(path, worker.url), init);
    return { status: response.status, body: await response.text() };
  });
  return { ...answer, lost };
}
