import { createClient, type Client } from '../client/index.ts';
import type { Terminal } from './terminal.ts';

export interface ServerOptions {
  readonly url: string;
  /** Seconds. */
  readonly timeout: number;
}

/** A client of a server, with the token of the environment, which allows writing. */
export function serverClient(
  { url, timeout }: ServerOptions,
  { env, signal }: Pick<Terminal, 'env' | 'signal'>,
): Client {
  const token = env['BINDSCOPE_TOKEN'];
  return createClient({
    url,
    timeout: 1000 * timeout,
    ...(token && { token }),
    ...(signal && { signal }),
  });
}
