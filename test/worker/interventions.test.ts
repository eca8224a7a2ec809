import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interventionSchema, sweepSchema } from '../../contract/interventions.ts';
import { knockoutResponseSchema } from '../../contract/knockouts.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { read, readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';
import { elementAt } from '../../task/element-at.ts';

let worker: RunningWorker;
beforeAll(async () => void (worker = await startWorker()));
afterAll(() => worker.stop());

const intervene = async (body: unknown) =>
  read(await worker.post('/v1/interventions', body), interventionSchema);

type Named = readonly [colour: string, shape: string, item: string];
const query = (objects: readonly Named[], asked: string) => ({
  objects: objects.map(([colour, shape, item]) => ({ colour, shape, item })),
  asked,
});

const ORIGINAL: readonly Named[] = [
  ['dark-rose', 'disc', 'anchor'],
  ['vivid-cyan', 'triangle', 'guitar'],
  ['rich-yellow', 'vee', 'quilt'],
  ['rich-red', 'zed', 'drum'],
  ['inky-red', 'tap', 'acorn'],
];
/** The colour of 1 stands at 2, with the shape of 3 and the item of 4; object 0 is as it was. */
const COUNTERFACTUAL: readonly Named[] = [
  ['dark-rose', 'disc', 'anchor'],
  ['rich-yellow', 'triangle', 'guitar'],
  ['vivid-cyan', 'zed', 'acorn'],
  ['rich-red', 'vee', 'quilt'],
  ['inky-red', 'tap', 'drum'],
];
const GIVEN = {
  model: FIXTURES.text,
  original: query(ORIGINAL, 'vivid-cyan'),
  counterfactual: query(COUNTERFACTUAL, 'vivid-cyan'),
};

describe('an intervention', () => {
  it('finds the candidates of a pair given in full', async () => {
    const { candidates, layers, positions, original } = await intervene(GIVEN);
    expect(
      Object.entries(candidates).map(([kind, { object, item }]) => [kind, object, item.name]),
    ).toEqual([
      ['unchanged', 1, 'guitar'],
      ['positional', 2, 'quilt'],
      ['symbolic', 3, 'drum'],
      ['reflexive', 4, 'acorn'],
    ]);
    expect(layers.map(({ layer }) => layer)).toEqual([0, 1, 2]);
    expect(positions).toEqual([original.text.split(' ').length - 1]);
  });

  it('changes nothing where it puts back what stood there', async () => {
    // Up to the first difference of the prompts, the counterfactual's activations are the original's.
    const { layers } = await intervene({ ...GIVEN, positions: [0, 1] });
    for (const { maxLogitDelta, control } of layers) {
      expect(maxLogitDelta).toBeLessThan(1e-4);
      expect(control.maxLogitDelta).toBeGreaterThanOrEqual(0);
    }
    expect(Math.max(...layers.map(({ control }) => control.maxLogitDelta))).toBeGreaterThan(1e-3);
    const { heads } = await intervene({
      ...GIVEN,
      positions: [0, 1],
      heads: [{ layer: 0, head: 1 }],
    });
    expect(heads[0]?.maxLogitDelta).toBeLessThan(1e-4);
  });

  it('gives the answer of the counterfactual after the last layer', async () => {
    for (const [model, modality] of [
      [FIXTURES.text, 'text'],
      [FIXTURES.seeing, 'image'],
    ] as const) {
      const pair = { objects: 6, seed: 3, modality };
      const { layers, counterfactual } = await intervene({ model, pair, layers: [2] });
      const { answer } = elementAt(layers, 0);
      expect(answer.token).toBe(counterfactual.answer.token);
      expect(answer.probability).toBeCloseTo(counterfactual.answer.probability, 4);
    }
  });

  it('patches heads alone where only heads are named', async () => {
    const heads = [
      { layer: 0, head: 0 },
      { layer: 1, head: 1 },
    ];
    const found = await intervene({ ...GIVEN, heads });
    expect(found.layers).toEqual([]);
    expect(found.heads).toMatchObject(heads);
    expect(found.heads[1]?.maxLogitDelta).toBeGreaterThan(0);
  });

  it('is the same, byte for byte, for the same request', async () => {
    const body = { model: FIXTURES.text, pair: { objects: 8, seed: 1, index: 5 } };
    const ask = async () => (await worker.post('/v1/interventions', body)).text();
    expect(await ask()).toBe(await ask());
  });

  const counterfactual = (objects: readonly Named[], ask = 'vivid-cyan') => ({
    ...GIVEN,
    counterfactual: query(objects, ask),
  });
  it.each([
    [
      'mechanisms that do not part',
      counterfactual(ORIGINAL, 'rich-yellow'),
      'the positional mechanism and the symbolic mechanism both select object 2',
    ],
    [
      'scenes of other sizes',
      counterfactual(COUNTERFACTUAL.slice(0, 4)),
      'must have the same modality, number of objects and grid',
    ],
    [
      'a shape that the original lacks',
      counterfactual(COUNTERFACTUAL.map(([c, s, i]) => [c, s === 'zed' ? 'hollow-bell' : s, i])),
      'has the shape',
    ],
    [
      'another question',
      { ...GIVEN, original: { ...GIVEN.original, question: 'shape' } },
      'indirect',
    ],
    ['a name that is none', { ...GIVEN, original: 'nothing' }, '"nothing"'],
    ['a layer that is not there', { ...GIVEN, layers: [0, 3] }, 'must be from 0 to 2'],
    ['a head that is not there', { ...GIVEN, heads: [{ layer: 0, head: 2 }] }, 'heads 0 to 1'],
    ['a token that is not there', { ...GIVEN, positions: [0, 99] }, 'from 0 to 22'],
    ['no position', { ...GIVEN, positions: [] }, 'at least 1'],
    ['a pair and a sweep', { ...GIVEN, sweep: { objects: 8 } }, 'sweep'],
    ['too many pairs', { model: FIXTURES.text, sweep: { objects: 8, pairs: 129 } }, '1 to 128'],
    ['nothing at all', { model: FIXTURES.text }, 'send a pair'],
  ])('of %s is refused', async (_, body, named) => {
    const problem = await readProblem(await worker.post('/v1/interventions', body));
    expect(problem).toMatchObject({ status: 400, type: '/problems/invalid-request' });
    expect(problem.detail).toContain(named);
    expect(problem.errors?.[0]?.at).toMatch(/^body/);
  });
});

it('a sweep reads pictures with the encoder of the model', async () => {
  const sweep = { objects: 6, pairs: 3, modality: 'image' };
  const body = { model: FIXTURES.seeing, sweep };
  const found = await read(await worker.post('/v1/interventions', body), sweepSchema);
  expect(found).toMatchObject({ modality: 'image', pairs: 3, objects: 6 });
  expect(found.layers).toHaveLength(3);
  const refused = await worker.post('/v1/interventions', { model: FIXTURES.text, sweep });
  expect(await readProblem(refused)).toMatchObject({ status: 422 });
});

describe('a knockout', () => {
  const request = { model: FIXTURES.text, from: 'query', to: 'colour', objects: 8, queries: 40 };
  const knockOut = async (body: unknown) =>
    read(await worker.post('/v1/knockouts', body), knockoutResponseSchema);

  it('counts the same queries with and without the attention', async () => {
    const { baseline, cut, layers, queries, summary } = await knockOut(request);
    expect(layers).toEqual([0, 1]);
    expect(queries).toMatchObject({ objects: 8, count: 40, split: 'test' });
    expect(baseline.count).toBe(40);
    expect(cut.accuracy.count).toBe(40);
    expect(cut.accuracy.correct).toBe(baseline.correct - cut.regressed + cut.fixed);
    expect(summary).toContain(
      'Cutting attention from query tokens to colour tokens in layers 0 to 1',
    );
  });

  it('is the same, byte for byte, for the same request', async () => {
    const ask = async () => (await worker.post('/v1/knockouts', request)).text();
    expect(await ask()).toBe(await ask());
  });

  it('sees what a model sees', async () => {
    const seeing = { ...request, model: FIXTURES.seeing, modality: 'image', to: 'patch' };
    expect((await knockOut({ ...seeing, queries: 4, layers: [1, 1] })).layers).toEqual([1, 1]);
  });

  it.each([
    ['a group that is none', { from: 'item' }, 'one of colour, shape'],
    [
      'what never attends',
      { from: 'colour', to: 'query' },
      'no colour token attends to another query token',
    ],
    ['what is not in the prompt', { to: 'patch' }, 'query tokens attend to colour, shape'],
    ['layers the wrong way', { layers: [1, 0] }, 'layers 0 to 1'],
    ['a layer that is not there', { layers: [0, 2] }, 'layers 0 to 1'],
    ['too many queries', { queries: 513 }, '1 to 512'],
  ])('of %s is refused', async (_, part, named) => {
    const problem = await readProblem(await worker.post('/v1/knockouts', { ...request, ...part }));
    expect(problem).toMatchObject({ status: 400 });
    expect(problem.detail).toContain(named);
  });
});
