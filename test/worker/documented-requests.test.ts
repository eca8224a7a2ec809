import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT } from '../../build/paths.ts';
import { attributionResponseSchema } from '../../contract/attributions.ts';
import { knockoutResponseSchema } from '../../contract/knockouts.ts';
import { read, startWorker, type RunningWorker } from '../../harness/worker.ts';
import { codeBlocks, documents, inlineCode, readDocument } from '../support/documentation.ts';

/** What the documentation shows as an answer is what the shipped models answer. */

let worker: RunningWorker;
beforeAll(async () => void (worker = await startWorker(`${ROOT}models`)));
afterAll(() => worker.stop());

/** The faults of a shortened answer: fields that differ, numbers that do not round to those shown. */
function differences(shown: unknown, actual: unknown, at: string): string[] {
  if (typeof shown === 'number' && typeof actual === 'number') {
    const digits = shown.toString().replace(/e.*|^0\.0*|\./g, '').length;
    const rounded = Number.isInteger(shown) ? actual : Number(actual.toPrecision(digits));
    return rounded === shown ? [] : [`${at} is ${actual}, not ${shown}`];
  }
  if (Array.isArray(shown) && Array.isArray(actual)) {
    return shown.flatMap((element: Record<string, unknown>, index) => {
      // A list of results may lack some; each is found by its number of objects.
      const objects: unknown = typeof element === 'object' ? element['objects'] : undefined;
      const other: unknown =
        objects === undefined
          ? actual[index]
          : actual.find((one: Record<string, unknown>) => one['objects'] === objects);
      return differences(element, other, `${at}[${index}]`);
    });
  }
  const fields = z.record(z.string(), z.unknown());
  const [some, all] = [fields.safeParse(shown), fields.safeParse(actual)];
  if (some.success && all.success) {
    return Object.entries(some.data).flatMap(([name, value]) =>
      differences(value, all.data[name], `${at}.${name}`),
    );
  }
  return shown === actual ? [] : [`${at} is ${String(actual)}, not ${String(shown)}`];
}

describe('The request of the README', () => {
  it('has the answer that is shown', async () => {
    const blocks = codeBlocks(readDocument('README.md'));
    const place = blocks.findIndex(({ code }) => code.startsWith('curl '));
    const [, path] = /'http:\/\/localhost:8787(.+?)'/.exec(blocks[place]?.code ?? '') ?? [];
    const shown: unknown = JSON.parse(blocks[place + 1]?.code ?? '');
    const actual = await read(await worker.fetch(path ?? ''), z.unknown());
    expect(differences(shown, actual, 'answer')).toEqual([]);
  });
});

describe('The knockout of docs/api.md', () => {
  it.each([
    ['image-text', 'falls from 200 correct answers of 200 to 17'],
    ['text-only', 'falls to 130'],
  ])('costs %s what is said', async (model, sentence) => {
    const { text } = readDocument('docs/api.md');
    expect(text.replaceAll(/\s+/g, ' ')).toContain(sentence);
    const request = { model, from: 'query', to: 'shape', objects: 8, queries: 200 };
    const answer = await read(await worker.post('/v1/knockouts', request), knockoutResponseSchema);
    expect(answer.baseline.correct).toBe(200);
    expect(sentence).toMatch(new RegExp(`to ${answer.cut.accuracy.correct}$`));
  });
});

it('The attribution of docs/api.md has the summary that is shown', async () => {
  const { text } = readDocument('docs/api.md');
  const body: unknown = JSON.parse(/v1\/attributions .*\n\s+-d '(.+)'/.exec(text)?.[1] ?? '');
  const response = await worker.post('/v1/attributions', body);
  const { summary } = await read(response, attributionResponseSchema);
  expect(text.replaceAll(/\n> |\s+/g, ' ')).toContain(summary);
});

describe('The examples of docs/interventions.md', () => {
  const document = readDocument('docs/interventions.md');
  const shown = codeBlocks(document).filter(({ language }) => language === 'json');
  const files = [...document.text.matchAll(/\]\(\.\.\/(examples\/interventions\/[^)]+)\)/g)];
  it.each(files.map(([, file = ''], index) => [file, shown[index]?.code ?? '']))(
    '%s has the answer that is shown',
    async (file, code) => {
      const response = await worker.post('/v1/interventions', JSON.parse(readDocument(file).text));
      const answer = await read(response, z.unknown());
      expect(differences(JSON.parse(code), answer, 'answer')).toEqual([]);
    },
  );

  it('are three', () => {
    expect(shown).toHaveLength(3);
    expect(files).toHaveLength(3);
  });
});

describe('The addresses in the documentation', () => {
  /** `GET /v1/models/{id}?…` names a path; `/v2/…` names a whole area, and `/inside` a former page. */
  const pathIn = (code: string) =>
    /^(?:(?:GET|POST|PUT|DELETE)(?:, DELETE)? )?(\/(?:v1|v2|embed|badge|preview)\/[^\s?…]+)/.exec(
      code,
    )?.[1];

  it('are routes of the API', async () => {
    const schema = z.object({ paths: z.record(z.string(), z.unknown()) });
    const { paths } = await read(await worker.fetch('/openapi.json'), schema);
    const routes = Object.keys(paths).map(
      (path) => new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    );
    const named = documents()
      .filter(({ path }) => path !== 'CHANGELOG.md')
      .flatMap((document) =>
        inlineCode(document).flatMap((code) => {
          const path = pathIn(code);
          return path === undefined || path.endsWith('/')
            ? []
            : [{ document: document.path, path }];
        }),
      );
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter(({ path }) => !routes.some((route) => route.test(path)))).toEqual([]);
  });
});
