/** Requests to addresses that a client of this deployment chose: other deployments, and webhooks. */

export interface OutboundPolicy {
  /** Allows this machine, also with http: for tests. */
  readonly allowLocal: boolean;
}

const OUTBOUND_LIMITS = { bytes: 8 * 2 ** 20, milliseconds: 30_000 } as const;

const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Top-level names of local networks (RFC 6761, 6762, 8375; `internal` is reserved by ICANN). */
const LOCAL_NAMES = ['localhost', 'local', 'internal', 'home.arpa', 'lan', 'intranet', 'corp'];

/**
 * Why an address must not be asked; undefined where it may be. Names that resolve to private addresses are not found
 * here: Cloudflare's network does not reach those.
 *
 * @param what the address is called in the reason
 */
export function outboundFault(
  address: string,
  what: string,
  { allowLocal }: OutboundPolicy,
): string | undefined {
  if (!URL.canParse(address)) return `${what} must be a URL`;
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') return `${what} must not contain a password`;
  if (url.hash !== '') return `${what} must not have a part after #`;
  if (allowLocal && LOOPBACK.includes(url.hostname) && /^https?:$/.test(url.protocol))
    return undefined;
  if (url.protocol !== 'https:') return `${what} must begin with https://`;
  // The URL parser has already written every form of an IPv4 address as four numbers.
  const host = url.hostname.replace(/\.$/, '');
  if (/^[\d.]+$/.test(host) || host.startsWith('[')) {
    return `${what} must have the name of a host, not an IP address`;
  }
  if (!host.includes('.') || LOCAL_NAMES.some((name) => host.endsWith(`.${name}`))) {
    return `${what} must have the public name of a host, not "${host}"`;
  }
  return undefined;
}

/**
 * A `fetch` that asks only allowed addresses, follows no redirect, and ends where an answer is too large or too slow.
 *
 * @throws Error with a plain reason
 */
export const outboundFetch =
  (
    policy: OutboundPolicy,
    send: (request: Request) => Promise<Response> = fetch,
    milliseconds: number = OUTBOUND_LIMITS.milliseconds,
  ) =>
  async (given: Request): Promise<Response> => {
    const fault = outboundFault(given.url, 'the address', policy);
    if (fault !== undefined) throw new Error(fault);
    const stop = new AbortController();
    const timer = setTimeout(() => {
      stop.abort(new DOMException(`no answer within ${milliseconds} ms`, 'TimeoutError'));
    }, milliseconds);
    const onAbort = () => {
      stop.abort(given.signal.reason);
    };
    given.signal.addEventListener('abort', onAbort);
    // A Request follows its signal by a weak reference, which can be gone when the signal fires (Node 20): the
    // answer is not left to it alone.
    const stopped = new Promise<never>((_, reject) => {
      stop.signal.addEventListener('abort', () => {
        reject(stop.signal.reason as Error);
      });
    });
    const request = new Request(given, { redirect: 'manual', signal: stop.signal });
    const answer = send(request).then((response) => answerOf(response, stop.signal));
    return Promise.race([answer, stopped]).finally(() => {
      clearTimeout(timer);
      given.signal.removeEventListener('abort', onAbort);
    });
  };

/** The answer, read to its end. @throws Error for a redirect and where the body is too large */
async function answerOf(response: Response, signal: AbortSignal): Promise<Response> {
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    throw new Error(`it answers ${response.status}, a redirect, which is not followed`);
  }
  const body = await readBounded(response, signal);
  const { status, headers } = response;
  return new Response(NULL_BODY.includes(status) ? null : body, { status, headers });
}

/** A response with one of these must not have a body. */
const NULL_BODY: readonly number[] = [101, 204, 205, 304];

async function readBounded(response: Response, signal: AbortSignal): Promise<Blob> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  signal.addEventListener('abort', () => {
    void reader?.cancel();
  });
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    size += next.value.byteLength;
    if (size > OUTBOUND_LIMITS.bytes) {
      await reader?.cancel();
      throw new Error(`its answer has more than ${OUTBOUND_LIMITS.bytes / 2 ** 20} MiB`);
    }
    chunks.push(new Uint8Array(next.value));
  }
  return new Blob(chunks);
}
