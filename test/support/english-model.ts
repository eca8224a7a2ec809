import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerScenes } from '../../inference/answer-queries.ts';
import { argMax } from '../../inference/logits.ts';
import type { ModelRunner } from '../../inference/model-runner.ts';
import { elementAt } from '../../task/element-at.ts';
import { WORD_LISTS, type WordListName } from '../../task/language/word-lists.ts';
import { packPrompt } from '../../task/prompt.ts';
import type { Scene } from '../../task/scene.ts';
import { describeToken } from '../../task/tokens.ts';

const indexIn = (words: readonly string[], word: string) => {
  const index = words.indexOf(word);
  if (index < 0) throw new Error(`unknown word ${word}`);
  return index;
};

/** Reads the English of the template `list` back, without code of the task that writes it. */
export function readEnglish(
  text: string,
  list: WordListName = 'everyday',
): { scene: Scene; object: number } {
  const { items } = WORD_LISTS[list];
  const colours = WORD_LISTS[list].colours.map(({ word }) => word);
  const shapes = WORD_LISTS[list].shapes.map(({ word }) => word);
  const [context = '', associations = '', question = ''] = text.split('\n\n');
  const bound = [...associations.matchAll(/^- (.+): (.+)$/gm)].map(
    ([, shape = '', item = '']) => [shape, item] as const,
  );
  // A word of some lists has spaces, so the shapes of the second list say where the colours end.
  const seen = [...context.matchAll(/^- (.+)$/gm)].map(([, line = '']) => {
    const shape = bound
      .map(([one]) => one)
      .find((one) => line.endsWith(` ${one}`) && colours.includes(line.slice(0, -one.length - 1)));
    if (shape === undefined) throw new Error(`cannot read ${line}`);
    return [line.slice(0, -shape.length - 1), shape] as const;
  });
  const objects = seen.map(([colour, shape]) => ({
    colour: indexIn(colours, colour),
    shape: indexIn(shapes, shape),
    item: indexIn(items, bound.find(([one]) => one === shape)?.[1] ?? ''),
    row: 0,
    column: 0,
  }));
  const asked = /the (.+) object/.exec(question)?.[1] ?? '';
  const scene: Scene = {
    objects,
    associations: bound.map(([shape]) => seen.findIndex(([, one]) => one === shape)),
    gaps: new Array<number>(objects.length + 1).fill(0),
    asked: [],
  };
  return { scene, object: seen.findIndex(([colour]) => colour === asked) };
}

/** What a model of this project answers to English. */
export async function answerEnglish(
  model: ModelRunner,
  text: string,
  list?: WordListName,
): Promise<string> {
  const { scene, object } = readEnglish(text, list);
  const grid = 6;
  const prompt = packPrompt(scene, 'text', grid, [{ question: 'indirect', object }]);
  const [answer] = await answerScenes(model, [{ scene, modality: 'text', grid, prompt }]);
  if (!answer) throw new Error('no answer');
  const { kind, index, name } = describeToken(argMax(answer.logits));
  return kind === 'item' ? elementAt(WORD_LISTS[list ?? 'everyday'].items, index) : name;
}

/** A request that the server received. */
export interface ReceivedRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: {
    readonly model: string;
    readonly stream?: boolean;
    readonly temperature: number;
    readonly prompt?: string;
    readonly messages?: readonly { readonly content: unknown }[];
  };
}

/** What the server answers: text of the model, or a whole response. */
export type EndpointReply = string | RawReply;
interface RawReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds before the answer. */
  readonly delay?: number;
}

/** A server of OpenAI's API on this machine. */
export async function startEndpoint(
  reply: (request: ReceivedRequest, number: number) => EndpointReply | Promise<EndpointReply>,
): Promise<{ url: string; received: ReceivedRequest[]; stop: () => Promise<void> }> {
  const received: ReceivedRequest[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one: ReceivedRequest = {
        path: request.url ?? '',
        authorization: request.headers.authorization,
        body: JSON.parse(Buffer.concat(chunks).toString()) as ReceivedRequest['body'],
      };
      received.push(one);
      void (async () => {
        const answer = await reply(one, received.length);
        const full = typeof answer === 'string' ? okay(answer, one) : answer;
        setTimeout(() => {
          response.writeHead(full.status ?? 200, {
            'content-type': 'application/json',
            ...full.headers,
          });
          response.end(full.body);
        }, full.delay ?? 0);
      })();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    received,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A correct response, as JSON or as a stream of events. */
function okay(text: string, { path, body }: ReceivedRequest): RawReply {
  const usage = { prompt_tokens: 7, completion_tokens: 2 };
  const chat = path.endsWith('/chat/completions');
  if (!body.stream) {
    const choice = chat ? { message: { role: 'assistant', content: text } } : { text };
    return { body: JSON.stringify({ choices: [{ index: 0, ...choice }], usage }) };
  }
  return { headers: { 'content-type': 'text/event-stream' }, body: eventStream(text, usage) };
}

/** The events of an answer, one for each character. */
export function eventStream(text: string, usage?: object, end = 'data: [DONE]\n\n'): string {
  const events = Array.from(text).map((content) => ({ choices: [{ delta: { content } }] }));
  const last = { choices: [], ...(usage && { usage }) };
  return `${[...events, last].map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}${end}`;
}
