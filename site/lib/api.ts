import { createClient, type Client } from '../../client/index.ts';

/**
 * A client of the API of this site. A person waits for it, so it retries once and soon.
 *
 * @param signal aborts all requests
 */
export const api = (signal?: AbortSignal): Client =>
  createClient({
    url: location.origin,
    retries: 1,
    longestWait: 5,
    ...(signal && { signal }),
  });
