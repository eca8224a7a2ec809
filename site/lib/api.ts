import { createClient, type Client } from '../../client/index.ts';

/**
 * The API of the site that the page is from. Someone is waiting: what is refused for now is tried once
 * more, and only soon.
 *
 * @param signal ends all requests
 */
export const api = (signal?: AbortSignal): Client =>
  createClient({
    url: location.origin,
    retries: 1,
    longestWait: 5,
    ...(signal && { signal }),
  });
