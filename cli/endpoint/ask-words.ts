import { picturePng } from '../../task/picture.ts';
import { readAnswer, type ReadAnswer } from '../../task/language/read-answer.ts';
import { CELL_PIXELS } from '../../task/language/word-picture.ts';
import type { WordQuery } from '../../task/language/word-query.ts';
import type { AnswerCache } from './answer-cache.ts';
import {
  sendRequest,
  type EndpointAnswer,
  type EndpointApi,
  type EndpointOptions,
  type EndpointRequest,
} from './openai-endpoint.ts';

/** A language model behind an endpoint. */
export interface LanguageEndpoint extends EndpointOptions {
  /** The model, as the endpoint names it. */
  readonly model: string;
  readonly api: EndpointApi;
  readonly maxTokens: number;
  /** Requests at the same time. */
  readonly concurrency: number;
  /** Whether answers are asked for as a stream of events. */
  readonly stream: boolean;
  /** Absent: every question is asked. */
  readonly cache?: AnswerCache;
}

export interface AnsweredQuery {
  readonly query: WordQuery;
  readonly answer: EndpointAnswer;
  readonly read: ReadAnswer;
  readonly correct: boolean;
}

/** The request of a query: temperature 0; a picture as a data URL before the text. */
function requestOf(
  { prompt, picture }: WordQuery,
  {
    model,
    api,
    maxTokens,
    stream,
  }: Pick<LanguageEndpoint, 'model' | 'api' | 'maxTokens' | 'stream'>,
): EndpointRequest {
  const common = {
    model,
    temperature: 0,
    max_tokens: maxTokens,
    ...(stream && { stream: true, stream_options: { include_usage: true } }),
  };
  if (api === 'completions')
    return { api, body: { ...common, prompt: prompt.completion, stop: ['\n'] } };
  const content = picture
    ? [
        { type: 'image_url', image_url: { url: dataUrl(picturePng(picture())) } },
        { type: 'text', text: prompt.text },
      ]
    : prompt.text;
  return { api, body: { ...common, messages: [{ role: 'user', content }] } };
}

const dataUrl = (png: Uint8Array) => `data:image/png;base64,${Buffer.from(png).toString('base64')}`;

/** A query, its request, and the answer where the cache has it. */
export interface PreparedQuery {
  readonly query: WordQuery;
  readonly request: EndpointRequest;
  readonly known: EndpointAnswer | undefined;
}

/** Makes the requests, draws the pictures, and looks into the cache: once for the estimate and the run. */
export const prepareQueries = (
  queries: readonly WordQuery[],
  endpoint: Pick<LanguageEndpoint, 'model' | 'api' | 'maxTokens' | 'stream' | 'cache'>,
): PreparedQuery[] =>
  queries.map((query) => {
    const request = requestOf(query, endpoint);
    return { query, request, known: endpoint.cache?.get(request) };
  });

/**
 * Asks all queries, some at a time.
 *
 * @returns in the order of the queries
 * @throws EndpointError where one cannot be answered; what is in the cache stays there
 */
export async function askQueries(
  queries: readonly PreparedQuery[],
  endpoint: LanguageEndpoint,
  onProgress: (done: number) => void = () => undefined,
): Promise<AnsweredQuery[]> {
  const answered: AnsweredQuery[] = [];
  const waiting = queries.entries();
  let [done, failed] = [0, false];
  const work = async () => {
    for (const [index, query] of waiting) {
      // After a failure the others finish what they have begun.
      if (failed) return;
      try {
        answered[index] = await askQuery(query, endpoint);
      } catch (error) {
        failed = true;
        throw error;
      }
      onProgress(++done / queries.length);
    }
  };
  const workers = Array.from({ length: Math.min(endpoint.concurrency, queries.length) }, work);
  for (const result of await Promise.allSettled(workers))
    if (result.status === 'rejected') throw result.reason;
  return answered;
}

async function askQuery(
  { query, request, known }: PreparedQuery,
  endpoint: LanguageEndpoint,
): Promise<AnsweredQuery> {
  const answer = known ?? (await sendRequest(request, endpoint));
  if (!known) endpoint.cache?.set(request, answer);
  const { candidates, answer: target } = query.prompt;
  const read = readAnswer(answer.text, candidates);
  return { query, answer, read, correct: read.kind === 'word' && read.word === target };
}

/** What a run costs at most, before it starts. Text: about four characters a token; a picture: 28 x 28 pixels a token. */
export function estimateCost(
  queries: readonly PreparedQuery[],
  maxTokens: number,
): { readonly requests: number; readonly promptTokens: number; readonly answerTokens: number } {
  const asked = queries.filter(({ known }) => !known);
  const tokensOf = ({ query: { prompt, spec, picture } }: PreparedQuery) =>
    Math.ceil(prompt.completion.length / 4) +
    (picture ? Math.ceil(((spec.grid * CELL_PIXELS) / 28) ** 2) : 0);
  return {
    requests: asked.length,
    promptTokens: asked.reduce((sum, query) => sum + tokensOf(query), 0),
    answerTokens: asked.length * maxTokens,
  };
}
