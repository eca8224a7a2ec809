import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareSchema } from '../../contract/api.ts';
import { interventionRequestSchema } from '../../contract/interventions.ts';
import type { Runtime } from '../../inference/session.ts';
import { ShippedModels } from '../../services/catalogue.ts';
import { comparisonRanges, planComparison } from '../../services/comparison.ts';
import { runIntervention } from '../../services/intervention.ts';
import { Models } from '../../services/models.ts';
import { SessionCache, SessionStore, type SessionSource } from '../../services/session-cache.ts';
import { FIXTURES } from '../support/fixtures.ts';
import { FIXTURES_DIRECTORY } from '../support/paths.ts';

/** What was begun and nobody waits for. */
let kept: Promise<unknown>[] = [];
const waitUntil = (promise: Promise<unknown>) => void kept.push(promise);
afterEach(async () => {
  await Promise.all(kept);
  kept = [];
});

describe('a pool of sessions', () => {
  /** A session that says when it was opened and released, and that it is not run in between. */
  interface Session {
    readonly name: string;
    release(): Promise<void>;
  }
  let told: string[];
  let open: Set<Session>;
  beforeEach(() => {
    told = [];
    open = new Set();
  });

  const source = (name: string, bytes = 10): SessionSource<Session> => ({
    key: name,
    bytes,
    open: async () => {
      told.push(`open ${name}`);
      await Promise.resolve();
      const session: Session = {
        name,
        release: () => {
          told.push(`release ${name}`);
          open.delete(session);
          return Promise.resolve();
        },
      };
      open.add(session);
      return session;
    },
  });
  const run = (shelf: SessionStore<Session>, name: string, bytes?: number) =>
    shelf.use(source(name, bytes), (session) => {
      expect(open).toContain(session);
      return Promise.resolve(session.name);
    });

  it('opens one once, and shares it', async () => {
    const shelf = new SessionStore<Session>(new SessionCache(30, waitUntil));
    expect(await Promise.all([run(shelf, 'a'), run(shelf, 'a')])).toEqual(['a', 'a']);
    expect(await run(shelf, 'a')).toBe('a');
    expect(told).toEqual(['open a']);
  });

  it('releases the one that was not used for longest, whatever its kind', async () => {
    const pool = new SessionCache(30, waitUntil);
    const [one, other] = [new SessionStore<Session>(pool), new SessionStore<Session>(pool)];
    await run(one, 'a');
    await run(other, 'b');
    await run(one, 'c');
    await run(one, 'a');
    await run(one, 'd');
    expect(told).toEqual(['open a', 'open b', 'open c', 'open d', 'release b']);
    expect(pool.bytes).toBe(30);
    expect(await run(other, 'b')).toBe('b');
    expect(told.slice(5)).toEqual(['open b', 'release c']);
  });

  it('keeps the last one, even where it is too large by itself', async () => {
    const shelf = new SessionStore<Session>(new SessionCache(30, waitUntil));
    await run(shelf, 'a');
    await run(shelf, 'large', 50);
    await run(shelf, 'large', 50);
    expect(told).toEqual(['open a', 'open large', 'release a']);
  });

  it('does not release one at work, and does as soon as it is done', async () => {
    const pool = new SessionCache(20, waitUntil);
    const shelf = new SessionStore<Session>(pool);
    let finish: (() => void) | undefined;
    const working = shelf.use(source('a'), async (session) => {
      await new Promise<void>((resolve) => (finish = resolve));
      expect(open).toContain(session);
    });
    await run(shelf, 'b');
    await run(shelf, 'c');
    await run(shelf, 'd');
    expect(told.filter((line) => line.startsWith('release'))).toEqual(['release b', 'release c']);
    finish?.();
    await working;
    await run(shelf, 'b');
    expect(told.slice(-2)).toEqual(['open b', 'release a']);
    expect(pool.bytes).toBe(20);
  });

  it('opens anew what others took the room of while it was being opened', async () => {
    const pool = new SessionCache(20, waitUntil);
    const shelf = new SessionStore<Session>(pool);
    const names = Array.from({ length: 40 }, (_, turn) => `${(turn * 7) % 8}`);
    const answers = await Promise.all(names.map((name) => run(shelf, name)));
    expect(answers).toEqual(names);
    expect(pool.bytes).toBeLessThanOrEqual(20);
    expect(open.size).toBe(2);
  });

  it('holds nothing of what cannot be opened, and tries again', async () => {
    const pool = new SessionCache(20, waitUntil);
    const shelf = new SessionStore<Session>(pool);
    const broken = { ...source('a'), open: () => Promise.reject(new Error('no such file')) };
    await expect(shelf.open(broken)).rejects.toThrow('no such file');
    expect(pool.bytes).toBe(0);
    expect(await run(shelf, 'a')).toBe('a');
  });

  it('is left by work that fails', async () => {
    const shelf = new SessionStore<Session>(new SessionCache(10, waitUntil));
    const work = () => Promise.reject(new Error('bad input'));
    await expect(shelf.use(source('a'), work)).rejects.toThrow('bad input');
    await run(shelf, 'b');
    expect(told).toEqual(['open a', 'open b', 'release a']);
  });

  it('releases all when it is closed', async () => {
    const pool = new SessionCache(30, waitUntil);
    const shelf = new SessionStore<Session>(pool);
    await Promise.all(['a', 'b', 'c'].map((name) => run(shelf, name)));
    await pool.close();
    expect(open.size).toBe(0);
    expect(pool.bytes).toBe(0);
  });
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
        const run = async (...given: Parameters<typeof session.run>) => {
          if (gone) throw new Error('a released session was run');
          const answer = await session.run(...given);
          if (gone) throw new Error('a session was released while it ran');
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

  const read = async (path: string) =>
    new Blob([await readFile(join(FIXTURES_DIRECTORY, path))]).stream();
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
      catalogue: new ShippedModels({ read }, waitUntil),
      runtime: () => Promise.resolve(runtime),
      waitUntil,
      ...(sessionBytes !== undefined && { sessionBytes }),
    });
  const outcomes = async (models: Models, asked: typeof request) => {
    const ranges = [];
    for await (const range of comparisonRanges(models, await planComparison(models, asked)))
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
});
