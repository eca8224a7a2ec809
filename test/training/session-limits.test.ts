import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterEach, describe, expect, it } from 'vitest';
import { FIXTURES_DIRECTORY } from '../../build/paths.ts';
import { compareSchema } from '../../contract/comparisons.ts';
import { interventionRequestSchema } from '../../contract/intervention-documents.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import type { Runtime } from '../../inference/runtime.ts';
import { ShippedModels } from '../../services/catalogue.ts';
import { planComparison, runComparison } from '../../services/comparison.ts';
import { runIntervention } from '../../services/intervention.ts';
import { Models } from '../../services/models.ts';

/** Work that was started in the background. */
let kept: Promise<unknown>[] = [];
const waitUntil = (promise: Promise<unknown>) => void kept.push(promise);
afterEach(async () => {
  await Promise.all(kept);
  kept = [];
});

describe('models of more sessions than there is room for', () => {
  /** ONNX Runtime, which counts what is open and throws where a released session is run. */
  class CountingRuntime implements Runtime {
    readonly Tensor = ort.Tensor;
    open = 0;
    mostOpen = 0;
    released = 0;
    readonly InferenceSession = {
      create: async (model: Uint8Array) => {
        const session = await ort.InferenceSession.create(model);
        this.open += 1;
        this.mostOpen = Math.max(this.mostOpen, this.open);
        let gone = false;
        const requireOpen = (message: string) => {
          if (gone) throw new Error(message);
        };
        const run = async (...given: Parameters<typeof session.run>) => {
          requireOpen('a released session was run');
          const answer = await session.run(...given);
          requireOpen('a session was released while it ran');
          return answer;
        };
        const release = () => {
          gone = true;
          this.open -= 1;
          this.released += 1;
          return session.release();
        };
        return new Proxy(session, {
          get: (target, name): unknown => {
            if (name === 'run') return run;
            return name === 'release' ? release : Reflect.get(target, name);
          },
        });
      },
    };
  }

  const read = async (path: string) => new Blob([await readFile(join(FIXTURES_DIRECTORY, path))]);
  const request = compareSchema.parse({
    models: `${FIXTURES.text},${FIXTURES.seeing}`,
    objects: '3,5',
    queries: '200',
  });
  const pictures = compareSchema.parse({
    models: FIXTURES.seeing,
    modality: 'image',
    objects: '4',
    queries: '40',
  });
  const intervention = interventionRequestSchema.parse({
    model: FIXTURES.text,
    pair: { objects: 4 },
  });
  const modelsOf = (runtime: Runtime, sessionBytes?: number) =>
    new Models({
      catalogue: new ShippedModels({ read, locate: (path) => path }, waitUntil),
      runtime: () => Promise.resolve(runtime),
      waitUntil,
      ...(sessionBytes !== undefined && { sessionBytes }),
    });
  const outcomes = async (models: Models, asked: typeof request) => {
    const ranges = [];
    for await (const range of runComparison(models, await planComparison(models, asked)))
      ranges.push(range);
    return ranges;
  };
  const all = (models: Models) =>
    Promise.all([
      outcomes(models, request),
      outcomes(models, pictures),
      'pair' in intervention ? runIntervention(models, intervention) : undefined,
      outcomes(models, { ...request, seed: 1 }),
    ]);

  it('answer as with room for all, and hold no more than fits', async () => {
    const roomy = new CountingRuntime();
    const expected = await all(modelsOf(roomy));
    // Two models, an encoder and a probe graph.
    expect([roomy.open, roomy.released]).toEqual([4, 0]);

    const narrow = new CountingRuntime();
    const models = modelsOf(narrow, 1);
    expect(await all(models)).toEqual(expected);
    expect(narrow.released).toBeGreaterThan(4);
    await Promise.all(kept);
    expect(narrow.open).toBe(1);
    await models.close();
    expect(narrow.open).toBe(0);
  });

  it('are opened once by 30 first requests at the same time', async () => {
    const runtime = new CountingRuntime();
    const models = modelsOf(runtime);
    const requests = Array.from({ length: 30 }, (_, seed) => ({ ...request, queries: 8, seed }));
    await Promise.all(requests.map((asked) => outcomes(models, asked)));
    // Two models and an encoder; nothing was opened twice and released again.
    expect([runtime.open, runtime.released]).toEqual([3, 0]);
    await models.close();
  });

  it('are read and described without a runtime', async () => {
    const models = new Models({
      catalogue: new ShippedModels({ read, locate: (path) => path }, waitUntil),
      runtime: () => Promise.reject(new Error('the runtime was started')),
      waitUntil,
    });
    const cards = await models.list();
    expect(cards.map(({ id }) => id)).toContain(FIXTURES.text);
    const card = await models.card(FIXTURES.text);
    expect((await models.modelBytes(card)).length).toBe(card.files.model.bytes);
    await planComparison(models, request);
    await expect(outcomes(models, request)).rejects.toThrow('the runtime was started');
  });
});
