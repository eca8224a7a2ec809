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
 * Time is limited here alone: the signal of a given request is not followed.
 *
 * @param milliseconds until the whole answer has to be there
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
    const request = new Request(given, { redirect: 'manual', signal: stop.signal });
    const answer = send(request).then((response) => answerOf(response, stop.signal));
    return inTime(answer, milliseconds, stop);
  };

/**
 * The result of some work, or an error of the name `TimeoutError` after so much time. It does not wait for the work
 * to stop: a Request follows its signal by a weak reference, which can be gone when the signal fires (Node 20).
 */
async function inTime<T>(
  work: Promise<T>,
  milliseconds: number,
  stop: AbortController,
): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => {
      reject(stop.signal.reason as Error);
    });
  });
  const timer = setTimeout(() => {
    stop.abort(new DOMException(`no answer within ${milliseconds} ms`, 'TimeoutError'));
  }, milliseconds);
  return Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
  });
}

/** The answer, read to its end. @throws Error for a redirect and where the body is too large */
async function answerOf(response: Response, signal: AbortSignal): Promise<Response> {
  const { status, headers } = response;
  const reader = response.body?.getReader();
  // A stream that has failed rejects when it is cancelled, with the reason that reading it gives as well.
  const cancel = () => reader?.cancel().catch(() => undefined);
  if (status >= 300 && status < 400) {
    await cancel();
    throw new Error(`it answers ${status}, a redirect, which is not followed`);
  }
  signal.addEventListener('abort', () => void cancel());
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    size += next.value.byteLength;
    if (size > OUTBOUND_LIMITS.bytes) {
      await cancel();
      throw new Error(`its answer has more than ${OUTBOUND_LIMITS.bytes / 2 ** 20} MiB`);
    }
    chunks.push(new Uint8Array(next.value));
  }
  return new Response(NULL_BODY.includes(status) ? null : new Blob(chunks), { status, headers });
}

/** A response with one of these must not have a body. */
const NULL_BODY: readonly number[] = [101, 204, 205, 304];
