import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SessionCache, SessionStore, type SessionSource } from '../../services/session-cache.ts';

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
  let events: string[];
  let open: Set<Session>;
  beforeEach(() => {
    events = [];
    open = new Set();
  });

  const source = (name: string, bytes = 10): SessionSource<Session> => ({
    key: name,
    bytes,
    open: async () => {
      events.push(`open ${name}`);
      await Promise.resolve();
      const session: Session = {
        name,
        release: () => {
          events.push(`release ${name}`);
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
    expect(events).toEqual(['open a']);
  });

  it('releases the one that was not used for longest, whatever its kind', async () => {
    const pool = new SessionCache(30, waitUntil);
    const [one, other] = [new SessionStore<Session>(pool), new SessionStore<Session>(pool)];
    await run(one, 'a');
    await run(other, 'b');
    await run(one, 'c');
    await run(one, 'a');
    await run(one, 'd');
    expect(events).toEqual(['open a', 'open b', 'open c', 'open d', 'release b']);
    expect(pool.bytes).toBe(30);
    expect(await run(other, 'b')).toBe('b');
    expect(events.slice(5)).toEqual(['open b', 'release c']);
  });

  it('keeps the last one, even where it is too large by itself', async () => {
    const shelf = new SessionStore<Session>(new SessionCache(30, waitUntil));
    await run(shelf, 'a');
    await run(shelf, 'large', 50);
    await run(shelf, 'large', 50);
    expect(events).toEqual(['open a', 'open large', 'release a']);
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
    expect(events.filter((line) => line.startsWith('release'))).toEqual(['release b', 'release c']);
    finish?.();
    await working;
    await run(shelf, 'b');
    expect(events.slice(-2)).toEqual(['open b', 'release a']);
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
    expect(events).toEqual(['open a', 'open b', 'release a']);
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
