import type { z } from 'zod';
import { problemSchema } from '../contract/problems.ts';
import { ContractError, ProblemError, UnreachableError } from './errors.ts';

export interface ClientOptions {
  /** Where the API answers, such as `https://bindscope.example.workers.dev`; a path before `/v1` is kept. */
  readonly url: string | URL;
  /** What a deployment wants to see before it lets write: its `WRITE_TOKEN`. */
  readonly token?: string;
  /** How long one attempt may take, in milliseconds. */
  readonly timeout?: number;
  /** How often a request that was refused for now (429, 503) is sent again. */
  readonly retries?: number;
  /** The longest `Retry-After` that is waited for, in seconds; what asks for more is not sent again. */
  readonly longestWait?: number;
  /** Ends all requests. */
  readonly signal?: AbortSignal;
  /** Anything that answers like `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

export const CLIENT_DEFAULTS = { timeout: 30_000, retries: 4, longestWait: 60 } as const;

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** From `v1` on, without a slash before it. */
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly form?: FormData;
}
type QueryValue = string | number | readonly (string | number)[] | undefined;

/** Statuses that say: not now. */
const REFUSED_FOR_NOW: readonly number[] = [429, 503];

/**
 * Sends requests and reads answers. All that it sends may be sent twice: routes that compute leave
 * nothing behind, whatever their method, and those that write do the same thing once.
 */
export class Transport {
  readonly #base: URL;

  /** @throws TypeError where the URL is not one of http or https */
  constructor(private readonly options: ClientOptions) {
    this.#base = baseOf(options.url);
  }

  /**
   * @throws ProblemError where the API refuses
   * @throws UnreachableError where no answer comes
   * @throws ContractError where the answer is not what the schema says
   */
  async call<T extends z.ZodType>(request: ApiRequest, schema: T): Promise<z.output<T>> {
    const response = await this.#send(request);
    if (!response.ok) throw await this.#refusal(response);
    const body = await this.#json(response);
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    const [{ path, message }] = parsed.error.issues;
    throw new ContractError(
      `${request.path}: the answer is not as the contract says, at ${path.join('.')}: ${message}`,
    );
  }

  /**
   * An answer that comes line by line, each line JSON.
   *
   * @throws as `call` does; UnreachableError also where the answer breaks off
   */
  async *lines<T extends z.ZodType>(request: ApiRequest, schema: T): AsyncGenerator<z.output<T>> {
    const response = await this.#send(request);
    if (!response.ok || !response.body) throw await this.#refusal(response);
    const text = response.body.pipeThrough(new TextDecoderStream());
    let rest = '';
    try {
      for (const reader = text.getReader(); ;) {
        const { done, value } = await reader.read();
        const lines = (rest + (value ?? '')).split('\n');
        rest = done ? '' : (lines.pop() ?? '');
        for (const line of lines) {
          if (line === '') continue;
          const parsed = schema.safeParse(JSON.parse(line));
          if (!parsed.success)
            throw new ContractError(`${request.path}: a line is not as it should be`);
          yield parsed.data;
        }
        if (done) return;
      }
    } catch (cause) {
      throw cause instanceof ContractError ? cause : this.#unreachable(cause);
    }
  }

  /** What a bad answer says. */
  async #refusal(response: Response): Promise<Error> {
    const problem = problemSchema.safeParse(await this.#json(response));
    if (problem.success) return new ProblemError(problem.data);
    return new ContractError(`${this.#base.href} answered ${response.status} without a problem`);
  }

  async #send(request: ApiRequest): Promise<Response> {
    const { retries = CLIENT_DEFAULTS.retries, longestWait = CLIENT_DEFAULTS.longestWait } =
      this.options;
    for (let attempt = 0; ; attempt++) {
      const response = await this.#once(request);
      if (!REFUSED_FOR_NOW.includes(response.status) || attempt >= retries) return response;
      const wait = secondsToWait(response.headers.get('retry-after'), attempt);
      if (wait > longestWait) return response;
      await response.body?.cancel();
      await sleep(1000 * wait, this.options.signal);
    }
  }

  async #once({ method, path, query = {}, headers, body, form }: ApiRequest): Promise<Response> {
    const { timeout = CLIENT_DEFAULTS.timeout, signal, token, fetch: send = fetch } = this.options;
    const url = new URL(path, this.#base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const timer = AbortSignal.timeout(timeout);
    const request = new Request(url, {
      method,
      headers: {
        accept: 'application/json, application/problem+json',
        ...headers,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(form && { body: form }),
      signal: signal ? AbortSignal.any([signal, timer]) : timer,
    });
    try {
      return await send(request);
    } catch (cause) {
      throw this.#unreachable(cause);
    }
  }

  async #json(response: Response): Promise<unknown> {
    let text: string;
    try {
      text = await response.text();
    } catch (cause) {
      throw this.#unreachable(cause);
    }
    try {
      return JSON.parse(text);
    } catch (cause) {
      const message = `${this.#base.href} answered ${response.status} without JSON: is it bindscope?`;
      throw new ContractError(message, { cause });
    }
  }

  #unreachable(cause: unknown): Error {
    // Whoever ended the requests knows why.
    if (this.options.signal?.aborted) return this.options.signal.reason as Error;
    const { timeout = CLIENT_DEFAULTS.timeout } = this.options;
    const why =
      cause instanceof Error && cause.name === 'TimeoutError'
        ? `no answer within ${timeout / 1000} s`
        : reasonOf(cause);
    return new UnreachableError(`${this.#base.href} cannot be reached: ${why}`, { cause });
  }
}

/** `fetch` hides the reason behind "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection failed';
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return cause instanceof Error ? cause.message : error.message;
}

function baseOf(given: string | URL): URL {
  if (!URL.canParse(given)) throw new TypeError(`"${given.toString()}" is not a URL`);
  const url = new URL(given);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`"${url.href}" is not a URL of http or https`);
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** RFC 9110, section 10.2.3: seconds, or a date; without either twice as long each time, from 1 s. */
export function secondsToWait(
  retryAfter: string | null,
  attempt: number,
  now = Date.now(),
): number {
  if (retryAfter !== null && /^\d+$/.test(retryAfter)) return Number(retryAfter);
  const date = Date.parse(retryAfter ?? '');
  return Number.isNaN(date) ? 2 ** attempt : Math.max(0, (date - now) / 1000);
}

function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', giveUp);
      resolve();
    }, milliseconds);
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp, { once: true });
  });
}
