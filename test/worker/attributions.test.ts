import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attributionResponseSchema } from '../../contract/attributions.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { read, readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';
import { SPECIAL_TOKENS } from '../../task/tokens.ts';
import { MASKED } from '../../task/batch.ts';
import { elementAt } from '../../task/element-at.ts';

let worker: RunningWorker;
beforeAll(async () => void (worker = await startWorker()));
afterAll(() => worker.stop());

const QUERY = {
  objects: [
    { colour: 'dark-rose', shape: 'disc', item: 'anchor' },
    { colour: 'vivid-cyan', shape: 'triangle', item: 'guitar' },
    { colour: 'rich-yellow', shape: 'vee', item: 'quilt' },
  ],
  associations: ['vee', 'disc', 'triangle'],
  asked: 'vivid-cyan',
};
const GIVEN = { model: FIXTURES.text, query: QUERY };
const attribute = async (body: unknown) =>
  read(await worker.post('/v1/attributions', body), attributionResponseSchema);

describe('an attribution', () => {
  it('names every token before the question with its object', async () => {
    const { tokens, query } = await attribute(GIVEN);
    expect(tokens.map(({ role, name, object }) => `${role} ${name} ${object}`)).toEqual([
      ...['colour dark-rose 0', 'shape disc 0', 'colour vivid-cyan 1', 'shape triangle 1'],
      ...['colour rich-yellow 2', 'shape vee 2', 'context-end CTX_END null'],
      ...['association-shape vee 2', 'association-item quilt 2'],
      ...['association-shape disc 0', 'association-item anchor 0'],
      ...['association-shape triangle 1', 'association-item guitar 1'],
    ]);
    expect(query).toMatchObject({ asked: { name: 'vivid-cyan' }, answer: { name: 'guitar' } });
  });

  it('answers as a session does whose attention bias has the cut', async () => {
    const { tokens, answer, query } = await attribute(GIVEN);
    const cut = 3;
    const { probability, effect } = elementAt(tokens, cut);
    const ids = [...tokens.map(({ token }) => token), SPECIAL_TOKENS.QUE, query.asked.token];
    const size = ids.length;
    const bias = ids.flatMap((_, from) =>
      ids.map((__, to) => (to > from || (from === size - 1 && to === cut) ? MASKED : 0)),
    );
    const tensor = (name: string, datatype: string, shape: number[], data: number[]) => ({
      ...{ name, datatype, shape, data },
    });
    const inferred = await worker.post(`/v2/models/${FIXTURES.text}/infer`, {
      inputs: [
        tensor('tokens', 'INT32', [1, size], ids),
        tensor('positions', 'INT32', [1, size], [...ids.keys()]),
        tensor('attention_bias', 'FP32', [1, size, size], bias),
        tensor('answer_index', 'INT32', [1], [size - 1]),
      ],
    });
    const { outputs } = (await inferred.json()) as { outputs: [{ data: number[] }] };
    const logits = outputs[0].data;
    const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
    const expected = Math.exp(elementAt(logits, answer.token)) / sum;
    expect(probability).toBeCloseTo(expected, 6);
    expect(effect).toBeCloseTo(1 - expected / answer.probability, 4);
  });

  it('follows the strongest tokens and the answer through the layers', async () => {
    const { tokens, stream, candidates, answer } = await attribute({ ...GIVEN, layered: 2 });
    const layered = tokens.filter(({ layers }) => layers !== null);
    expect(layered).toHaveLength(2);
    for (const { layers, effect } of layered) {
      expect(layers).toHaveLength(2);
      expect(layers?.[0]).toBe(effect);
    }
    const least = Math.min(...layered.map(({ effect }) => effect));
    for (const { layers, effect } of tokens) if (!layers) expect(effect).toBeLessThanOrEqual(least);
    expect(stream.map(({ layer }) => layer)).toEqual([0, 1, 2]);
    // After the last layer, the stream decodes to what the model answers.
    const last = elementAt(stream, 2);
    expect(last.answer.token).toBe(answer.token);
    expect(last.candidates[0]).toBeCloseTo(answer.probability, 5);
    expect(candidates[0]).toEqual(answer);
    const without = await attribute({ ...GIVEN, layered: 0, candidates: 1 });
    expect(without.stream).toEqual([]);
    expect(without.tokens.every(({ layers }) => layers === null)).toBe(true);
  });

  it('cuts the cells of a picture', async () => {
    const query = 'test.image.context.indirect.n3.v8-8-8.z0.g3.s0.i0.q0';
    const { tokens } = await attribute({ model: FIXTURES.seeing, query });
    const patches = tokens.filter(({ role }) => role === 'patch');
    expect(patches).toHaveLength(9);
    expect(patches.flatMap(({ object }) => object ?? []).sort()).toEqual([0, 1, 2]);
  });

  it('is the same, byte for byte, for the same request', async () => {
    const ask = async () => (await worker.post('/v1/attributions', GIVEN)).text();
    expect(await ask()).toBe(await ask());
  });

  it('takes the most objects that a scene can have', async () => {
    const query = 'test.text.context.indirect.n32.v40-40-32.z0.g6.s0.i0.q0';
    const { tokens } = await attribute({ model: FIXTURES.text, query, layered: 8 });
    expect(tokens).toHaveLength(129);
  });

  it.each([
    ['no query', { query: undefined }, 400, 'query'],
    ['a name of no query', { query: 'nothing' }, 400, 'not the name of a query'],
    ['a colour that is not there', { query: { ...QUERY, asked: 'rich-red' } }, 400, 'rich-red'],
    ['too many layered tokens', { layered: 9 }, 400, '0 to 8'],
    ['no candidate', { candidates: 0 }, 400, '1 to 16'],
    ['an unknown field', { layers: [1] }, 400, 'layers'],
    ['an unknown model', { model: 'nobody' }, 404, 'nobody'],
    [
      'a picture for a model that reads text',
      { query: { ...QUERY, modality: 'image' } },
      422,
      'text',
    ],
  ])('of %s is refused', async (_, part, status, named) => {
    const problem = await readProblem(await worker.post('/v1/attributions', { ...GIVEN, ...part }));
    expect(problem.status).toBe(status);
    expect(JSON.stringify(problem)).toContain(named);
  });
});
