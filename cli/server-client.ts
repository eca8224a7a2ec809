import { createClient, type Client } from '../client/index.ts';
import type { Terminal } from './terminal.ts';

export interface ServerOptions {
  readonly url: string;
  /** Seconds. */
  readonly timeout: number;
  /** How often a request is sent again after status 429 or 503. */
  readonly retries?: number;
}

/** A client of a server, with the token of the environment, which allows writing. */
export function serverClient(
  { url, timeout, retries }: ServerOptions,
  { env, signal }: Pick<Terminal, 'env' | 'signal'>,
): Client {
  const token = env['BINDSCOPE_TOKEN'];
  return createClient({
    url,
    timeout: 1000 * timeout,
    ...(retries !== undefined && { retries }),
    ...(token && { token }),
    ...(signal && { signal }),
  });
}
