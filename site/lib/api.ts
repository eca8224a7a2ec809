import type { Client } from '../../client/index.ts';
import { UnreachableError } from '../../client/errors.ts';

/**
 * A client of the API of this site. It does not retry: a person waits, and can try again. Its code is not part
 * of the first view: it is loaded with the first request.
 *
 * @param signal aborts all requests
 * @throws UnreachableError where the code of the client cannot be loaded
 */
export async function api(signal?: AbortSignal): Promise<Client> {
  const { createClient } = await import('../../client/index.ts').catch((cause: unknown) => {
    throw new UnreachableError('the server cannot be reached', { cause });
  });
  return createClient({
    url: location.origin,
    retries: 0,
    ...(signal && { signal }),
  });
}
