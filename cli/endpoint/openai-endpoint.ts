import { z } from 'zod';
import { baseOf, connectionError, secondsToWait, sleep } from '../../client/transport.ts';

/** A server with the API of OpenAI, as vLLM, llama.cpp, Ollama, TGI and hosted services have it. */

export const ENDPOINT_APIS = ['chat', 'completions'] as const;
export type EndpointApi = (typeof ENDPOINT_APIS)[number];

export interface EndpointOptions {
  /** Such as `http://localhost:8000/v1`. */
  readonly url: string;
  /** Sent as a bearer token. */
  readonly key?: string;
  /** Milliseconds for one attempt. */
  readonly timeout: number;
  /** How often a request is sent again after status 429 or 5xx, a broken connection, or an answer that is no JSON. */
  readonly retries: number;
  readonly signal?: AbortSignal;
  /** Milliseconds of one second, when waiting; less in tests. */
  readonly second?: number;
}

/** The body of a request; one with the same body has the same answer. */
export interface EndpointRequest {
  readonly api: EndpointApi;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface EndpointAnswer {
  readonly text: string;
  readonly promptTokens: number | null;
  readonly answerTokens: number | null;
}

/** Longest `Retry-After` that is waited for, in seconds. */
const LONGEST_WAIT = 120;
const PATHS: Readonly<Record<EndpointApi, string>> = {
  chat: 'chat/completions',
  completions: 'completions',
};

/** An endpoint that does not answer as it should, after all attempts. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
}

/** A fault after which a later attempt can succeed. */
class PassingFault extends EndpointError {
  constructor(
    message: string,
    readonly retryAfter: string | null = null,
  ) {
    super(message);
  }
}

/** The address of an API. @throws TypeError where the URL is none */
export function endpointAddress(url: string, api: EndpointApi): URL {
  return new URL(PATHS[api], baseOf(url.replace(/\/(chat\/)?completions\/?$/, '')));
}

/**
 * Sends a request until it is answered.
 *
 * @throws EndpointError where it is refused, or all attempts fail
 */
export async function sendRequest(
  request: EndpointRequest,
  options: EndpointOptions,
): Promise<EndpointAnswer> {
  const { retries, signal, second = 1000 } = options;
  for (let attempt = 0; ; attempt++) {
    try {
      return await sendOnce(request, options);
    } catch (error) {
      if (!(error instanceof PassingFault) || attempt >= retries) throw error;
      const wait = secondsToWait(error.retryAfter, attempt);
      if (wait > LONGEST_WAIT) throw error;
      await sleep(second * wait, signal);
    }
  }
}

async function sendOnce(
  { api, body }: EndpointRequest,
  { url, key, timeout, signal }: EndpointOptions,
): Promise<EndpointAnswer> {
  const address = endpointAddress(url, api);
  const timer = AbortSignal.timeout(timeout);
  try {
    const response = await fetch(address, {
      method: 'POST',
      // The key goes to this address alone.
      redirect: 'error',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timer]) : timer,
    });
    const text = await response.text();
    if (!response.ok) throw refusal(address, response, text);
    const isStream = response.headers.get('content-type')?.includes('text/event-stream');
    return isStream ? readEvents(text, address) : readJson(text, address);
  } catch (cause) {
    if (signal?.aborted) throw signal.reason as Error;
    if (cause instanceof EndpointError) throw cause;
    const reason = timer.aborted ? `no answer within ${timeout / 1000} s` : connectionError(cause);
    throw new PassingFault(`${address.href} cannot be reached: ${reason}`);
  }
}

const errorSchema = z.object({
  error: z.union([z.string(), z.object({ message: z.string() }).transform((one) => one.message)]),
});

function refusal(address: URL, { status, headers }: Response, text: string): EndpointError {
  const reason = errorSchema.safeParse(parsedOrUndefined(text)).data?.error;
  const message = `${address.href} answered ${status}${reason === undefined ? '' : `: ${reason.slice(0, 300)}`}`;
  if (status !== 429 && status < 500) return new EndpointError(message);
  return new PassingFault(message, headers.get('retry-after'));
}

const usageSchema = z
  .object({ prompt_tokens: z.number().nullish(), completion_tokens: z.number().nullish() })
  .nullish();
const textOrNull = z.string().nullish();
const answerSchema = z.object({
  choices: z
    .array(
      z.union([
        z
          .object({ message: z.object({ content: textOrNull }) })
          .transform(({ message }) => message.content ?? ''),
        z.object({ text: z.string() }).transform(({ text }) => text),
      ]),
    )
    .min(1),
  usage: usageSchema,
});

function readJson(text: string, { href }: URL): EndpointAnswer {
  const parsed = answerSchema.safeParse(parsedOrUndefined(text));
  if (!parsed.success) {
    const what = /^\s*</.test(text) ? 'with HTML' : 'without the JSON of that API';
    throw new PassingFault(`${href} answered ${what}: is this an OpenAI-compatible endpoint?`);
  }
  const { choices, usage } = parsed.data;
  return answerOf(choices[0] ?? '', usage);
}

const eventSchema = z.object({
  choices: z.array(
    z.object({
      delta: z.object({ content: textOrNull }).nullish(),
      text: textOrNull,
      finish_reason: textOrNull,
    }),
  ),
  usage: usageSchema,
});

/** The events of a stream (HTML Living Standard, section 9.2). A stream that ends in between is a passing fault. */
function readEvents(events: string, { href }: URL): EndpointAnswer {
  let [text, finished] = ['', false];
  let usage: z.infer<typeof usageSchema>;
  for (const line of events.split(/\r\n|\n|\r/)) {
    const data = /^data: ?(.*)$/.exec(line)?.[1];
    if (data === undefined) continue;
    if (data === '[DONE]') {
      finished = true;
      break;
    }
    const json = parsedOrUndefined(data);
    const reason = errorSchema.safeParse(json).data?.error;
    if (reason !== undefined) throw new PassingFault(`${href}: ${reason.slice(0, 300)}`);
    const event = eventSchema.safeParse(json);
    if (!event.success) throw new PassingFault(`${href}: an event of the stream is not JSON`);
    const [choice] = event.data.choices;
    text += choice?.delta?.content ?? choice?.text ?? '';
    finished ||= typeof choice?.finish_reason === 'string';
    usage = event.data.usage ?? usage;
  }
  if (!finished) throw new PassingFault(`${href}: the stream of the answer was cut off`);
  return answerOf(text, usage);
}

function answerOf(text: string, usage: z.infer<typeof usageSchema>): EndpointAnswer {
  return {
    text,
    promptTokens: usage?.prompt_tokens ?? null,
    answerTokens: usage?.completion_tokens ?? null,
  };
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
