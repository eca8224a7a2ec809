import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareResponseSchema } from '../../contract/comparisons.ts';
import { answerQueries } from '../../inference/answer-queries.ts';
import { generateQuery } from '../../task/query.ts';
import { listQueryIndices } from '../../task/query-indices.ts';
import { openModel } from '../../inference/session.ts';
import { parseSpec } from '../../task/spec.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { FIXTURES_DIRECTORY } from '../../build/paths.ts';
import { read, readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';
import { elementAt } from '../../task/element-at.ts';

let worker: RunningWorker;
beforeAll(async () => void (worker = await startWorker()));
afterAll(() => worker.stop());

const BOTH = `models=${FIXTURES.text},${FIXTURES.seeing}`;
const compare = async (parameters: string) =>
  read(await worker.fetch(`/v1/compare?${parameters}`), compareResponseSchema);

describe('a comparison', () => {
  it('counts what onnxruntime-node counts', async () => {
    const { models } = await compare(`models=${FIXTURES.text}&objects=2,10&queries=100&seed=4`);
    const native = await openModel(ort, {
      model: readFileSync(join(FIXTURES_DIRECTORY, FIXTURES.text, 'model.onnx')),
      featureWidth: 0,
    });
    expect(models[0]?.byObjects.map(({ objects }) => objects)).toEqual([2, 10]);
    for (const { objects, correct, count } of elementAt(models, 0).byObjects) {
      const places = listQueryIndices(objects, 100);
      const outcomes = await answerQueries(native, parseSpec({ objects }), 4, places);
      expect({ correct, count }).toEqual({
        correct: outcomes.filter((outcome) => outcome.correct).length,
        count: 100,
      });
    }
  });

  it('is the same, byte for byte, at the same address', async () => {
    const path = `/v1/compare?${BOTH}&objects=2,9&queries=20&seed=7&order=shuffled`;
    const [first, again] = [await worker.fetch(path), await worker.fetch(path)];
    expect(first.status).toBe(200);
    expect(await first.text()).toBe(await again.text());
  });

  it('adds up', async () => {
    const { models, pairs, queries, digests } = await compare(`${BOTH}&objects=3,8,9&queries=30`);
    expect(queries).toMatchObject({
      objects: [3, 8, 9],
      count: 30,
      split: 'test',
      modality: 'text',
    });
    expect(Object.keys(digests)).toEqual(models.map(({ model }) => model));
    const { a, b, byObjects, id, ood } = elementAt(pairs, 0);
    expect([a, b]).toEqual([FIXTURES.text, FIXTURES.seeing]);
    expect(id?.count).toBe(60);
    expect(ood?.count).toBe(30);
    expect(byObjects).toHaveLength(3);
    byObjects.forEach((pair, place) => {
      const [rightA, rightB] = models.map((model) => model.byObjects[place]?.correct);
      expect(pair.both + pair.onlyA).toBe(rightA);
      expect(pair.both + pair.onlyB).toBe(rightB);
      expect(pair.both + pair.onlyA + pair.onlyB + pair.neither).toBe(pair.count);
    });
  });

  it('counts by the position of the object asked about, where the request says so', async () => {
    const parameters = `${BOTH}&objects=3,9&queries=60&seed=2&order=shuffled`;
    const plain = await compare(parameters);
    expect(plain.models[0]).not.toHaveProperty('byPosition');
    const { models } = await compare(`${parameters}&byPosition=association`);
    for (const [nth, { byObjects, byPosition = [] }] of models.entries()) {
      expect(byObjects).toEqual(plain.models[nth]?.byObjects);
      for (const { objects, correct, count } of byObjects) {
        const own = byPosition.filter((entry) => entry.objects === objects);
        expect(own.map(({ position }) => position)).toEqual([...Array(objects).keys()]);
        expect(own.reduce((sum, entry) => sum + entry.correct, 0)).toBe(correct);
        expect(own.reduce((sum, entry) => sum + entry.count, 0)).toBe(count);
      }
      const spec = parseSpec({ objects: 9, order: 'shuffled' });
      const atLast = listQueryIndices(9, 60).filter(({ index, question }) => {
        const { prompt, answer } = generateQuery({ spec, seed: 2, index, question });
        return prompt.tokens.indexOf(answer) === prompt.tokens.length - 3;
      });
      expect(byPosition.find((entry) => entry.objects === 9 && entry.position === 8)?.count).toBe(
        atLast.length,
      );
    }
  });

  it('says nothing of a range that was not asked', async () => {
    const { models, pairs } = await compare(`${BOTH}&objects=2&queries=4`);
    expect(models[0]?.ood).toBeNull();
    expect(pairs[0]?.ood).toBeNull();
    expect(pairs[0]?.id?.count).toBe(4);
  });
});

describe('refused', () => {
  it.each([
    ['objects=8', 'models'],
    ['models=', 'a model must be'],
    [`${BOTH}&objects=1,2,x`, '1 to 32'],
    [`${BOTH}&objects=2,2`, 'repeat'],
    [`${BOTH}&queries=0`, '1 to 2000'],
    [`${BOTH}&queries=2001`, '1 to 2000'],
    [`${BOTH}&seed=-1`, '0 to 4294967295'],
    [`${BOTH}&questionsPerScene=9`, '1 to 8'],
    [`${BOTH}&date=today`, 'date'],
    [`${BOTH}&byPosition=cell`, 'byPosition must be one of context, association'],
    [
      `models=${FIXTURES.seeing}&modality=image&byPosition=context`,
      'byPosition must be association with modality image',
    ],
    [`${BOTH}&objects=8&items=4`, 'must not exceed the 4 items'],
    ['models=a,b,c,d,e,f,g,h,i', 'at most 8'],
    [`models=${FIXTURES.text},${FIXTURES.text}`, 'repeat'],
  ])('%j, naming %j', async (parameters, named) => {
    const problem = await readProblem(await worker.fetch(`/v1/compare?${parameters}`));
    expect(problem).toMatchObject({ status: 400 });
    expect(problem.detail).toContain(named);
  });

  it('an unknown model', async () => {
    const response = await worker.fetch(`/v1/compare?models=${FIXTURES.text},nobody`);
    expect(await readProblem(response)).toMatchObject({ status: 404 });
  });

  it('pictures for a model that only reads', async () => {
    const response = await worker.fetch(`/v1/compare?${BOTH}&modality=image`);
    expect(await readProblem(response)).toMatchObject({ status: 422 });
  });

  it('more positions than the model has', async () => {
    const path = `/v1/compare?models=${FIXTURES.seeing}&modality=image&grid=14`;
    const problem = await readProblem(await worker.fetch(path));
    expect(problem).toMatchObject({ status: 422 });
    expect(problem.detail).toContain('has 192 positions');
  });

  it('noise that would leave the positions in some scenes, whichever scene comes first', async () => {
    for (let seed = 0; seed < 8; seed++) {
      const path = `/v1/compare?models=${FIXTURES.text}&objects=11&maxPositionGaps=152&seed=${seed}`;
      expect(await readProblem(await worker.fetch(path))).toMatchObject({ status: 422 });
    }
  });

  it('more work than a request may have, saying how many queries would do', async () => {
    const path = `/v1/compare?${BOTH}&objects=24,28,32&questionsPerScene=1&queries=`;
    const problem = await readProblem(await worker.fetch(`${path}2000`));
    expect(problem).toMatchObject({ status: 422, type: '/problems/too-much-work' });
    const most = Number(/queries must be at most (\d+)/.exec(problem.detail)?.[1]);
    expect(most).toBeGreaterThan(0);
    const beyond = await readProblem(await worker.fetch(`${path}${most + 1}`));
    expect(beyond.detail).toContain(`at most ${most}`);
    expect(beyond.detail).toContain(`queries=${most} now and for the others with start=${most}`);
  });
});
