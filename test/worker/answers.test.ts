import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT } from '../../build/paths.ts';
import { compareResponseSchema } from '../../contract/comparisons.ts';
import { predictResponseSchema } from '../../contract/predictions.ts';
import { interventionSchema, sweepSchema } from '../../contract/interventions.ts';
import { knockoutResponseSchema } from '../../contract/knockouts.ts';
import { read, startWorker, type RunningWorker } from '../../harness/worker.ts';

/**
 * What the shipped models answered in November 2026, before their code was taken apart and put
 * together anew. Counts and outcomes must be equal, probabilities to 0.001: a change here is a change
 * of what users measure. `GOLDEN=all npm run test:worker -- answers` asks every shipped model.
 */
const goldenSchema = z.record(
  z.string(),
  z.strictObject({
    /** Correct answers of 32 queries with each number of objects. */
    text: z.array(z.number()),
    /** The same of 16 queries about pictures, for models whose encoder is served. */
    image: z.array(z.number()).optional(),
    /** Outcomes of 16 interchange interventions at each layer, by kind; kinds without any are left out. */
    sweep: z.strictObject({
      solved: z.number(),
      peakLayer: z.number(),
      layers: z.array(z.record(z.string(), z.number())),
    }),
    /** Outcomes of one pair at layers 0, 4 and 7 and at one head. */
    pair: z.strictObject({ layers: z.array(z.string()), heads: z.array(z.string()) }),
    /** Correct answers of 32 queries, without and with attention from the query to shapes cut. */
    knockout: z.strictObject({
      baseline: z.number(),
      cut: z.number(),
      regressed: z.number(),
      fixed: z.number(),
    }),
    /** The most probable answers to three queries. */
    predict: z.array(z.record(z.string(), z.number())),
  }),
);

const GOLDEN = goldenSchema.parse(
  JSON.parse(readFileSync(`${ROOT}test/golden/answers.json`, 'utf8')),
);
const USUAL = ['text-only', 'image-text', 'text-symbolic', 'image-text-paper'];
const asked = Object.entries(GOLDEN).filter(
  ([model]) => process.env['GOLDEN'] === 'all' || USUAL.includes(model),
);
const QUERIES = [
  'test.text.context.indirect.n8.v40-40-32.z0.g6.s0.i12.q3',
  'test.text.shuffled.indirect.n12.v216-216-32.z0.g6.s1.i7.q3',
  'test.text.context.indirect.n8.v40-40-32.z12.g6.s0.i12.q2',
];

let worker: RunningWorker;
beforeAll(async () => void (worker = await startWorker(`${ROOT}models`)));
afterAll(() => worker.stop());

it('has golden answers of every usual model', () => {
  expect(Object.keys(GOLDEN)).toEqual(expect.arrayContaining(USUAL));
});

describe.each(asked)('%s answers as before', (model, golden) => {
  const correctCounts = async (parameters: string) => {
    const path = `/v1/compare?models=${model}&${parameters}`;
    const { models } = await read(await worker.fetch(path), compareResponseSchema);
    return models.flatMap(({ byObjects }) => byObjects.map(({ correct }) => correct));
  };

  it('queries in text', async () => {
    const parameters = 'objects=2,4,8,9,12,16&queries=32&seed=5';
    expect(await correctCounts(parameters)).toEqual(golden.text);
  });

  it.runIf(golden.image)('queries about pictures', async () => {
    const parameters = 'objects=4,8,12&queries=16&modality=image&seed=6';
    expect(await correctCounts(parameters)).toEqual(golden.image);
  });

  it('interchange interventions at every layer', async () => {
    const sweep = { objects: 8, pairs: 16, seed: 3 };
    const response = await worker.post('/v1/interventions', { model, sweep });
    const { solved, peakLayer, layers } = await read(response, sweepSchema);
    const outcomes = layers.map(({ shares }) =>
      Object.fromEntries(
        Object.entries(shares)
          .map(([kind, { correct }]) => [kind, correct] as const)
          .filter(([, count]) => count > 0),
      ),
    );
    expect({ solved, peakLayer, layers: outcomes }).toEqual(golden.sweep);
  });

  it('interventions of one pair', async () => {
    const response = await worker.post('/v1/interventions', {
      model,
      pair: { objects: 8, index: 2, seed: 3 },
      heads: [{ layer: 3, head: 1 }],
      layers: [0, 4, 7],
    });
    const { layers, heads } = await read(response, interventionSchema);
    const outcomes = (patches: readonly { outcome: string }[]) =>
      patches.map(({ outcome }) => outcome);
    expect({ layers: outcomes(layers), heads: outcomes(heads) }).toEqual(golden.pair);
  });

  it('attention knockouts', async () => {
    const request = { model, from: 'query', to: 'shape', objects: 8, queries: 32, seed: 2 };
    const response = await worker.post('/v1/knockouts', request);
    const { baseline, cut } = await read(response, knockoutResponseSchema);
    const { accuracy, regressed, fixed } = cut;
    expect({
      baseline: baseline.correct,
      cut: accuracy.correct,
      ...{ regressed, fixed },
    }).toEqual(golden.knockout);
  });

  it('with the same probabilities', async () => {
    const request = { models: [model], queries: QUERIES, top: 5 };
    const { results } = await read(
      await worker.post('/v1/predict', request),
      predictResponseSchema,
    );
    expect(results).toHaveLength(golden.predict.length);
    for (const [query, expected] of golden.predict.entries()) {
      const top = results[query]?.answers[0]?.top ?? [];
      const found = new Map(top.map(({ name, probability }) => [name, probability]));
      expect([...found.keys()][0]).toBe(Object.keys(expected)[0]);
      for (const [name, probability] of Object.entries(expected)) {
        // Tokens that are this improbable may fall out of the five that are listed.
        if (probability < 0.001) continue;
        const difference = Math.abs((found.get(name) ?? 0) - probability);
        expect(difference, `${name} of ${QUERIES[query]}`).toBeLessThanOrEqual(0.001);
      }
    }
  });
});
