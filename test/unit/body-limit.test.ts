import { Hono } from 'hono';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PROBLEMS } from '../../contract/problems.ts';
import { ServiceError } from '../../services/service-error.ts';
import type { AppEnv } from '../../worker/http/app-env.ts';
import { COMPUTE_POST } from '../../worker/http/route-policy.ts';
import { drainBody, limitBody } from '../../worker/middleware/body-limit.ts';

afterEach(() => void vi.useRealTimers());

/** Answers the body's text. */
const app = new Hono<AppEnv>()
  .use((c, next) => {
    c.set('policy', COMPUTE_POST);
    return next();
  })
  .use(drainBody, limitBody)
  .post('/unread', (c) => c.text('no need of it', 404))
  .post('/', async (c) => c.text(await c.req.text()))
  .onError((error, c) => {
    if (!(error instanceof ServiceError)) throw error;
    return c.text(error.message, PROBLEMS[error.kind].status);
  });

const post = (body: ReadableStream | string) =>
  app.request('/', { method: 'POST', body, duplex: 'half' } as RequestInit);

/** A body of two parts, of which the second comes after so many milliseconds, or never. */
const inTwoParts = (milliseconds?: number) =>
  new ReadableStream({
    start(controller) {
      const encoder = new TextEncoder();
      controller.enqueue(encoder.encode('{"a":'));
      if (milliseconds === undefined) return;
      setTimeout(() => {
        controller.enqueue(encoder.encode('1}'));
        controller.close();
      }, milliseconds);
    },
  });

describe('a body', () => {
  it('of which half never comes is refused after 30 s', async () => {
    vi.useFakeTimers();
    const response = post(inTwoParts());
    await vi.advanceTimersByTimeAsync(30_000);
    expect((await response).status).toBe(408);
    expect(await (await response).text()).toBe('the body must arrive within 30 s');
  });

  it('that no route reads holds its answer for 30 s at most', async () => {
    vi.useFakeTimers();
    const response = app.request('/unread', {
      method: 'POST',
      headers: { 'content-length': '7' },
      body: inTwoParts(),
      duplex: 'half',
    } as RequestInit);
    await vi.advanceTimersByTimeAsync(30_000);
    expect((await response).status).toBe(404);
  });

  it('that comes slowly, but in time, is read', async () => {
    vi.useFakeTimers();
    const response = post(inTwoParts(29_000));
    await vi.advanceTimersByTimeAsync(29_000);
    expect(await (await response).text()).toBe('{"a":1}');
  });

  it('that has arrived leaves no timer behind', async () => {
    vi.useFakeTimers();
    expect(await (await post('{}')).text()).toBe('{}');
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['announced', 'x'.repeat(COMPUTE_POST.bodyBytes + 1)],
    ['sent', new Blob(['x'.repeat(COMPUTE_POST.bodyBytes + 1)]).stream()],
  ])('with more bytes than the route accepts is refused, where they are %s', async (_, body) => {
    expect((await post(body)).status).toBe(413);
  });
});
