import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { predictResponseSchema } from '../../contract/predictions.ts';
import { querySchema } from '../../contract/queries.ts';
import { answerScenes, packScene } from '../../inference/answer-queries.ts';
import { openModel } from '../../inference/session.ts';
import { parseQueryName, queryName } from '../../task/query.ts';
import { parseSpec, type QuerySpec } from '../../task/spec.ts';
import { TOKEN_COUNT } from '../../task/tokens.ts';
import { RANDOM_FEATURES } from '../../trainer/encoders/random.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { FIXTURES_DIRECTORY } from '../../build/paths.ts';
import { read, readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';
import { elementAt } from '../../task/element-at.ts';

let worker: RunningWorker;
beforeAll(async () => void (worker = await startWorker()));
afterAll(() => worker.stop());

const predict = async (body: unknown) =>
  (await read(await worker.post('/v1/predict', body), predictResponseSchema)).results;

const nameOf = (spec: Partial<QuerySpec> & { objects: number }, index: number, question = 0) =>
  queryName({ spec: parseSpec(spec), seed: 5, index, question });

type Result = Awaited<ReturnType<typeof predict>>[number];

/** Log-probability of every token, by token, that the first model gives. */
const logProbabilities = (result: Result | undefined) => {
  const values = new Array<number>(TOKEN_COUNT).fill(-Infinity);
  const top = result?.answers[0]?.top ?? [];
  for (const { token, probability } of top) values[token] = Math.log(probability);
  return values;
};

describe('answers', () => {
  it('are those of onnxruntime-node, to 1e-4 in the logits', async () => {
    const names = [2, 5, 8, 13, 32].flatMap((objects, index) => [
      nameOf({ objects, order: 'shuffled', maxPositionGaps: 30 }, index),
      nameOf({ objects, modality: 'image' }, index),
    ]);
    const results = await predict({ models: [FIXTURES.seeing], queries: names, top: TOKEN_COUNT });

    const file = (name: string) => readFileSync(join(FIXTURES_DIRECTORY, FIXTURES.seeing, name));
    const native = await openModel(ort, {
      model: file('model.onnx'),
      encoder: file('encoder.onnx'),
      featureWidth: RANDOM_FEATURES,
    });
    for (const [place, name] of names.entries()) {
      const { spec, seed, index, question } = parseQueryName(name);
      const scenes = [packScene(spec, seed, [{ index, question }])];
      const { logits } = elementAt(await answerScenes(native, scenes), 0);
      const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
      const served = logProbabilities(results[place]);
      served.forEach((value, token) => {
        expect(Math.abs(value - (elementAt(logits, token) - total))).toBeLessThan(1e-4);
      });
    }
  });

  it('are the same whether questions share a run or have one each', async () => {
    for (const modality of ['text', 'image'] as const) {
      const names = [0, 1, 2, 3, 4].map((k) => nameOf({ objects: 5, modality }, 1, k));
      const options = { models: [FIXTURES.seeing], top: TOKEN_COUNT };
      const together = await predict({ ...options, queries: names });
      for (const [place, name] of names.entries()) {
        const [alone] = await predict({ ...options, queries: [name] });
        expect(alone?.query.name).toBe(name);
        expect(alone?.query).toEqual(together[place]?.query);
        const packed = logProbabilities(together[place]);
        logProbabilities(alone).forEach((value, token) => {
          expect(Math.abs(value - elementAt(packed, token))).toBeLessThan(1e-4);
        });
      }
    }
  });

  it('come in the order of queries and models, with the best guesses first', async () => {
    const queries = [
      nameOf({ objects: 4 }, 0, 1),
      nameOf({ objects: 9 }, 3),
      nameOf({ objects: 4 }, 0),
    ];
    const models = [FIXTURES.seeing, FIXTURES.text];
    const results = await predict({ models, queries, top: 4 });
    expect(results.map(({ query }) => query.name)).toEqual(queries);
    for (const { query, answers } of results) {
      expect(answers.map(({ model }) => model)).toEqual(models);
      for (const { answer, correct, top } of answers) {
        expect(top).toHaveLength(4);
        expect(top[0]).toEqual(answer);
        expect(correct).toBe(answer.token === query.answer.token);
        const falling = top.map(({ probability }) => probability);
        expect(falling).toEqual([...falling].sort((a, b) => b - a));
      }
    }
  });

  it('are the same for a query given by name and in full', async () => {
    for (const question of ['indirect', 'association', 'shape', 'colour'] as const) {
      const name = nameOf({ objects: 7, modality: 'image', order: 'shuffled', question }, 2);
      const named = await read(await worker.fetch(`/v1/queries/${name}`), querySchema);
      const given = {
        modality: 'image',
        question,
        objects: named.objects.map(({ colour, shape, item, row, column }) => ({
          colour,
          shape,
          item,
          row,
          column,
        })),
        associations: named.associations.map(({ shape }) => shape),
        asked: named.asked.name,
      };
      const [byName, inFull] = await predict({ models: [FIXTURES.seeing], queries: [name, given] });
      expect(byName?.query.name).toBe(name);
      expect(inFull).toEqual({ ...byName, query: { ...byName?.query, name: null } });
    }
  });
});

const OBJECTS = [
  { colour: 'deep-blue', shape: 'disc', item: 'anchor' },
  { colour: 'vivid-red', shape: 'heart', item: 'basket' },
];
const GIVEN = { objects: OBJECTS, asked: 'vivid-red' };

describe('refused', () => {
  const request = (query: unknown, models: string[] = [FIXTURES.text]) => ({
    models,
    queries: [query],
  });

  it.each([
    ['an unknown colour', { ...GIVEN, objects: [{ ...OBJECTS[0], colour: 'mauve' }] }, '"mauve"'],
    [
      'an item for a shape',
      { ...GIVEN, objects: [{ ...OBJECTS[0], shape: 'anchor' }] },
      '"anchor"',
    ],
    [
      'a colour twice',
      { ...GIVEN, objects: [OBJECTS[0], { ...OBJECTS[1], colour: 'deep-blue' }] },
      'repeat',
    ],
    [
      'an item twice',
      { ...GIVEN, objects: [OBJECTS[0], { ...OBJECTS[1], item: 'anchor' }] },
      'repeat',
    ],
    ['asking for what is not there', { ...GIVEN, asked: 'dark-green' }, '"dark-green"'],
    ['asking for a shape by colour', { ...GIVEN, asked: 'disc' }, 'colour'],
    ['no objects', { ...GIVEN, objects: [] }, 'at least 1'],
    ['too many objects', { ...GIVEN, objects: new Array(33).fill(OBJECTS[0]) }, 'at most 32'],
    ['an association missing', { ...GIVEN, associations: ['disc'] }, 'each of the 2'],
    ['an association of no object', { ...GIVEN, associations: ['disc', 'zed'] }, '"zed"'],
    [
      'half a place',
      { ...GIVEN, objects: [{ ...OBJECTS[0], row: 1 }, OBJECTS[1]] },
      'row and the column',
    ],
    [
      'a place off the grid',
      { ...GIVEN, objects: OBJECTS.map((o, row) => ({ ...o, row, column: 6 })) },
      '0 to 5',
    ],
    [
      'two in a cell',
      { ...GIVEN, objects: OBJECTS.map((o) => ({ ...o, row: 1, column: 1 })) },
      'repeat',
    ],
    ['more than the grid holds', { ...GIVEN, grid: 1 }, '1 x 1'],
    ['an unknown field', { ...GIVEN, colour: 'red' }, 'colour'],
    ['no question', { objects: OBJECTS }, 'asked'],
    ['neither name nor query', 7, 'queries.0'],
    ['a name that is none', 'test.text', 'test.text'],
  ])('%s', async (_, query, named) => {
    const problem = await readProblem(await worker.post('/v1/predict', request(query)));
    expect(problem).toMatchObject({ status: 400, type: '/problems/invalid-request' });
    expect(problem.detail).toContain(named);
    expect(problem.errors?.[0]?.at).toMatch(/^body\.queries/);
  });

  it.each([
    ['no models', { models: [], queries: ['x'] }],
    ['a model twice', { models: [FIXTURES.text, FIXTURES.text], queries: [GIVEN] }],
    ['no queries', { models: [FIXTURES.text], queries: [] }],
    ['too many queries', { models: [FIXTURES.text], queries: new Array(65).fill(GIVEN) }],
    ['too long a top', { models: [FIXTURES.text], queries: [GIVEN], top: 471 }],
    ['a field of no meaning', { models: [FIXTURES.text], queries: [GIVEN], temperature: 1 }],
    ['not an object', [1, 2]],
  ])('%s', async (_, body) => {
    expect(await readProblem(await worker.post('/v1/predict', body))).toMatchObject({
      status: 400,
    });
  });

  it('an unknown model', async () => {
    const response = await worker.post('/v1/predict', request(GIVEN, ['nobody']));
    expect(await readProblem(response)).toMatchObject({ status: 404 });
  });

  it('a picture for a model that only reads', async () => {
    const response = await worker.post('/v1/predict', request({ ...GIVEN, modality: 'image' }));
    const problem = await readProblem(response);
    expect(problem).toMatchObject({ status: 422, type: '/problems/incompatible-model' });
    expect(problem.detail).toContain('reads only text');
  });
});
