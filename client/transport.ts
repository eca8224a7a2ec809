import type { z } from 'zod';
import { problemSchema } from '../contract/problems.ts';
import { describeIssues } from '../contract/schema-issues.ts';
import { ContractError, ProblemError, UnreachableError } from './errors.ts';

export interface ClientOptions {
  /** The address of the server, such as `https://bindscope.example.workers.dev`, with any path before `/v1`. */
  readonly url: string | URL;
  /** A write token of the deployment; needed to write. */
  readonly token?: string;
  /** Time limit of one attempt, in milliseconds. */
  readonly timeout?: number;
  /** How often a request is sent again after status 429 or 503. */
  readonly retries?: number;
  /** Longest accepted `Retry-After`, in seconds; a longer one ends the retries. */
  readonly longestWait?: number;
  /** Aborts all requests. */
  readonly signal?: AbortSignal;
  /** Replaces the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

export const CLIENT_DEFAULTS = { timeout: 30_000, retries: 4, longestWait: 60 } as const;

/** Filters of a list: one that is undefined is left out of the address. */
export type Optional<T> = { readonly [Name in keyof T]?: T[Name] | undefined };

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Such as `v1/models`, without a leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly form?: FormData;
}
type QueryValue = string | number | readonly (string | number)[] | undefined;

/** Statuses after which a later attempt can succeed. */
const RETRIED_STATUSES: readonly number[] = [429, 503];

/** What Node.js calls a connection that the other side has closed. */
const CLOSED_CONNECTION: readonly string[] = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

/**
 * Sends requests and parses responses. It may send a request more than once: routes that compute have no
 * side effects, whatever their method, and routes that write are idempotent.
 */
export class Transport {
  readonly #base: URL;

  /** @throws TypeError where the URL is not an http or https URL */
  constructor(private readonly options: ClientOptions) {
    this.#base = baseOf(options.url);
  }

  /**
   * @throws ProblemError where the API answers with a problem
   * @throws UnreachableError where there is no response
   * @throws ContractError where the response does not match the schema
   */
  async call<T extends z.ZodType>(request: ApiRequest, schema: T): Promise<z.output<T>> {
    const response = await this.#send(request);
    if (!response.ok) throw await this.#refusal(response);
    const body = await this.#json(response);
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new ContractError(
      `${request.path}: the response does not match the contract: ${describeIssues(parsed.error)}`,
    );
  }

  /**
   * A response with one JSON value per line.
   *
   * @throws as `call` does; UnreachableError also where the response is cut off
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
          if (!parsed.success) {
            throw new ContractError(
              `${request.path}: a line does not match the contract: ${describeIssues(parsed.error)}`,
            );
          }
          yield parsed.data;
        }
        if (done) return;
      }
    } catch (cause) {
      throw cause instanceof ContractError ? cause : this.#unreachable(cause);
    }
  }

  async #refusal(response: Response): Promise<Error> {
    const problem = problemSchema.safeParse(await this.#json(response));
    if (problem.success) return new ProblemError(problem.data);
    return new ContractError(
      `${this.#base.href} answered ${response.status} without a problem document`,
    );
  }

  async #send(request: ApiRequest): Promise<Response> {
    const { retries = CLIENT_DEFAULTS.retries, longestWait = CLIENT_DEFAULTS.longestWait } =
      this.options;
    for (let attempt = 0; ; attempt++) {
      const response = await this.#once(request, attempt === 0);
      if (!RETRIED_STATUSES.includes(response.status) || attempt >= retries) return response;
      const wait = secondsToWait(response.headers.get('retry-after'), attempt);
      if (wait > longestWait) return response;
      await response.body?.cancel().catch(() => undefined);
      await sleep(1000 * wait, this.options.signal);
    }
  }

  /** @param again whether a request that a closed connection has lost is sent once more */
  async #once(parts: ApiRequest, again: boolean): Promise<Response> {
    const { method, path, query = {}, headers, body, form } = parts;
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
      // A server may close a kept connection at the moment at which a request is sent through it.
      if (again && CLOSED_CONNECTION.includes(connectionError(cause))) {
        return this.#once(parts, false);
      }
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
      const message = `${this.#base.href} answered ${response.status} without JSON: is this a bindscope server?`;
      throw new ContractError(message, { cause });
    }
  }

  #unreachable(cause: unknown): Error {
    // The reason is that of the caller who aborted.
    if (this.options.signal?.aborted) return this.options.signal.reason as Error;
    const { timeout = CLIENT_DEFAULTS.timeout } = this.options;
    const reason =
      cause instanceof Error && cause.name === 'TimeoutError'
        ? `no response within ${timeout / 1000} s`
        : connectionError(cause);
    return new UnreachableError(`${this.#base.href} cannot be reached: ${reason}`, { cause });
  }
}

/** The reason of a failed `fetch`, which is in the cause of its error. */
export function connectionError(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection failed';
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return cause instanceof Error ? cause.message : error.message;
}

export function baseOf(given: string | URL): URL {
  if (!URL.canParse(given.toString())) throw new TypeError(`"${given.toString()}" is not a URL`);
  const url = new URL(given);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`"${url.href}" is not a URL with http or https`);
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** `Retry-After` (RFC 9110, section 10.2.3) in seconds; without one, 1 s, then twice as long each time. */
export function secondsToWait(
  retryAfter: string | null,
  attempt: number,
  now = Date.now(),
): number {
  if (retryAfter !== null && /^\d+$/.test(retryAfter)) return Number(retryAfter);
  const date = Date.parse(retryAfter ?? '');
  return Number.isNaN(date) ? 2 ** attempt : Math.max(0, (date - now) / 1000);
}

export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
