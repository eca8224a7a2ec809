import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { sendRequest, type EndpointOptions } from '../../cli/endpoint/openai-endpoint.ts';
import { languageEvaluationSchema } from '../../contract/language-evaluation.ts';
import { bindscope } from '../support/cli.ts';
import { eventStream, readEnglish, startEndpoint } from '../support/english-model.ts';
import { WORD_LISTS } from '../../task/language/word-lists.ts';

const scratch = mkdtempSync(join(tmpdir(), 'bindscope-endpoint-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});
let stop: () => Promise<void> = () => Promise.resolve();
afterEach(() => stop());

const start = async (...parameters: Parameters<typeof startEndpoint>) => {
  const server = await startEndpoint(...parameters);
  ({ stop } = server);
  return server;
};
const request = { api: 'chat' as const, body: { model: 'm' } };
const html = { headers: { 'content-type': 'text/html' }, body: '<html>Bad gateway</html>' };
const sse = { 'content-type': 'text/event-stream' };

describe('A request to an endpoint', () => {
  const send = (url: string, changes: Partial<EndpointOptions> = {}) =>
    sendRequest(request, { url, timeout: 5000, retries: 2, second: 1, ...changes });

  it.each([
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '1' }, body: '' }],
    ['500', { status: 500, body: '{"error":{"message":"busy"}}' }],
    ['HTML', html],
    ['JSON of another form', { body: '{"answer":"drum"}' }],
    ['a stream that is cut off', { headers: sse, body: eventStream('dr', undefined, '') }],
    ['an event that is no JSON', { headers: sse, body: 'data: {"choices":[{"del\n\n' }],
    ['an error in a stream', { headers: sse, body: 'data: {"error":{"message":"lost"}}\n\n' }],
  ])('is sent again after %s', async (_, fault) => {
    const { url, received } = await start((_, number) => (number < 3 ? fault : 'drum'));
    expect(await send(url)).toEqual({ text: 'drum', promptTokens: 7, answerTokens: 2 });
    expect(received).toHaveLength(3);
  });

  it.each([
    [html, /with HTML: is this an OpenAI-compatible endpoint\?$/],
    [{ status: 503, body: 'x' }, /chat\/completions answered 503$/],
    [{ headers: sse, body: eventStream('dr', undefined, '') }, /the stream .* was cut off$/],
  ])('fails with the reason after the last attempt', async (fault, reason) => {
    const { url, received } = await start(() => fault);
    await expect(send(url)).rejects.toThrow(reason);
    expect(received).toHaveLength(3);
  });

  it('is not sent again where the endpoint refuses it', async () => {
    const body = '{"error":{"message":"no model m"}}';
    const { url, received } = await start(() => ({ status: 404, body }));
    await expect(send(url)).rejects.toThrow(/answered 404: no model m$/);
    expect(received).toHaveLength(1);
  });

  it('is not sent again where Retry-After is longer than two minutes', async () => {
    const headers = { 'retry-after': '3600' };
    const { url, received } = await start(() => ({ status: 429, headers, body: '' }));
    await expect(send(url)).rejects.toThrow(/answered 429$/);
    expect(received).toHaveLength(1);
  });

  it('ends where the endpoint is too slow, and where nothing listens', async () => {
    const { url } = await start(() => ({ body: '', delay: 60_000 }));
    await expect(send(url, { timeout: 20, retries: 1 })).rejects.toThrow(/no answer within 0.02 s/);
    await expect(send('http://127.0.0.1:9/v1', { retries: 0 })).rejects.toThrow(
      /cannot be reached: (ECONNREFUSED|bad port)/,
    );
  });
});

describe('bindscope evaluate', () => {
  const evaluate = (url: string, ...args: string[]) =>
    bindscope(
      [
        'evaluate',
        '--endpoint',
        url,
        '--model',
        'm',
        '--objects',
        '2,9',
        '--queries',
        '5',
        ...args,
      ],
      { OPENAI_API_KEY: 'secret' },
    );
  const correct = (text: string) => {
    const { scene, object } = readEnglish(text);
    return WORD_LISTS.everyday.items[scene.objects[object]?.item ?? -1] ?? '';
  };
  const textOf = (messages: readonly { readonly content: unknown }[] = []) =>
    String(messages[0]?.content);

  it('counts wrong answers, refusals, empty and ambiguous ones apart, all as wrong', async () => {
    const { url, received } = await start(({ body }, number) => {
      const text = textOf(body.messages);
      const all = readEnglish(text).scene.objects.map(
        ({ item }) => WORD_LISTS.everyday.items[item],
      );
      return ['Sorry, no.', '', all.join(' or '), 'pizza', correct(text)][(number - 1) % 5] ?? '';
    });
    const file = join(scratch, 'kinds.json');
    const args = ['--concurrency', '1', '--no-cache', '--out', file];
    const { code, out, err } = await evaluate(url, ...args);
    expect(code).toBe(0);
    expect(err).toMatch(/^10 requests; about \d+ /);
    expect(out).toContain('m, list, associations context: up to 8 objects 20 %');
    const result = languageEvaluationSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    for (const { correct, count, kinds } of result.byObjects) {
      expect([correct, count]).toEqual([1, 5]);
      expect(kinds).toEqual({ word: 1, ambiguous: 1, refusal: 1, empty: 1, other: 1 });
    }
    expect(result.answers).toHaveLength(10);
    expect(result.tokens).toEqual({ prompt: 70, answer: 20 });
    expect(received[0]).toMatchObject({
      path: '/v1/chat/completions',
      authorization: 'Bearer secret',
      body: { model: 'm', temperature: 0, max_tokens: 32 },
    });
    expect(readFileSync(file, 'utf8') + out + err).not.toContain('secret');
  });

  it('reads streams, and completions', async () => {
    const { url, received } = await start(({ body }) =>
      correct(body.prompt ?? textOf(body.messages)),
    );
    const stream = await evaluate(url, '--no-cache', '--stream');
    expect(stream.out).toContain('more than 8 objects 100 %');
    const completions = await evaluate(`${url}/completions`, '--no-cache', '--api', 'completions');
    expect(completions.out).toContain('more than 8 objects 100 %');
    expect(received.at(-1)).toMatchObject({ path: '/v1/completions', body: { stop: ['\n'] } });
    expect(received.at(-1)?.body.prompt).toMatch(/in one word\.\nAnswer:$/);
  });

  it('goes on where it was stopped, from the cache', async () => {
    const cache = ['--cache', join(scratch, 'cache'), '--retries', '0', '--concurrency', '1'];
    let broken = true;
    const { url, received } = await start(({ body }, number) =>
      broken && number > 4 ? { status: 400, body: '' } : correct(textOf(body.messages)),
    );
    const first = await evaluate(url, ...cache);
    expect(first.code).toBe(2);
    expect(first.err).toMatch(/error: .*answered 400\n$/);
    expect(readdirSync(join(scratch, 'cache'))).toHaveLength(4);
    broken = false;
    const estimate = await evaluate(url, ...cache, '--estimate');
    expect(estimate.err).toMatch(/^6 requests, 4 answers are in the cache; /);
    const second = await evaluate(url, ...cache);
    expect(second.out).toContain('more than 8 objects 100 %');
    expect(received).toHaveLength(5 + 6);
  });

  it('sends pictures as data URLs', async () => {
    const { url, received } = await start(() => 'drum');
    await evaluate(url, '--no-cache', '--modality', 'image');
    const content = received[0]?.body.messages?.[0]?.content as {
      type: string;
      text?: string;
      image_url?: { url: string };
    }[];
    expect(content.map(({ type }) => type)).toEqual(['image_url', 'text']);
    expect(content[1]?.text).toMatch(/^The picture shows the objects\./);
    const [head, base64 = ''] = content[0]?.image_url?.url.split(',') ?? [];
    expect(head).toBe('data:image/png;base64');
    expect(decode(Buffer.from(base64, 'base64'))).toMatchObject({ width: 384, height: 384 });
  });

  it.each([8, 64, 128])('asks about %i objects', async (objects) => {
    const server = await start(({ body }) => {
      const text = String(body.messages?.[0]?.content);
      const asked = /the (\S+) object/.exec(text)?.[1] ?? '';
      const shape = new RegExp(`^- ${asked} (.+)$`, 'm').exec(text)?.[1] ?? '';
      return new RegExp(`^- ${shape}: (.+)$`, 'm').exec(text)?.[1] ?? '';
    });
    const counts = ['--objects', String(objects), '--queries', '3', '--no-cache'];
    const { code, out } = await evaluate(server.url, ...counts);
    expect(code).toBe(0);
    expect(out).toContain('3/3');
    const texts = server.received.map(({ body }) => String(body.messages?.[0]?.content));
    // Each object has a line of its own in both lists.
    for (const text of texts) expect(text.match(/^- /gm)).toHaveLength(2 * objects);
  });

  it('asks in the words of the models of this project', async () => {
    const server = await start(({ body }) => {
      const words = String(body.messages?.[0]?.content).split(' ');
      const shape = words[words.indexOf(words.at(-1) ?? '') + 1] ?? '';
      return words[words.indexOf(shape, words.indexOf('CTX_END')) + 1] ?? '';
    });
    const task = ['--template', 'task', '--objects', '4,12', '--queries', '5', '--no-cache'];
    const file = join(scratch, 'task.json');
    expect((await evaluate(server.url, ...task, '--out', file)).code).toBe(0);
    const { template, words, answers } = languageEvaluationSchema.parse(
      JSON.parse(readFileSync(file, 'utf8')),
    );
    expect({ template, words }).toEqual({ template: 'task', words: 'names' });
    expect(answers.filter(({ correct }) => correct)).toHaveLength(10);
    const { code, err } = await evaluate(server.url, ...task, '--modality', 'image');
    expect(code).toBe(2);
    expect(err).toMatch(/--template task is text: --modality image needs another template/);
  });

  it('refuses what cannot be asked', async () => {
    const refused = (...args: string[]) => evaluate('http://127.0.0.1:9/v1', '--no-cache', ...args);
    const picture = await refused('--api', 'completions', '--template', 'picture');
    expect(picture.err).toBe('error: --api completions takes no pictures: use --api chat\n');
    const many = await refused('--template', 'picture', '--objects', '40');
    expect(many.err).toMatch(/^error: objects \(40\) must not exceed the 32 colours/);
    const url = await evaluate('ftp://x');
    expect(url.err).toMatch(/is not a URL with http or https/);
  });
});
