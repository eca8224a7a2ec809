import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createWatchSchema,
  durationOf,
  everySchema,
  WATCH_STATES,
  type WatchState,
} from '../../contract/watches.ts';
import { noticeBody } from '../../services/watches/notice.ts';
import { outboundFault, outboundFetch } from '../../services/watches/outbound.ts';
import {
  DELIVERY_ATTEMPTS,
  dueAfter,
  dueToConfirm,
  isDue,
  retryAt,
} from '../../services/watches/schedule.ts';
import { signatureHeaders } from '../../services/watches/signature.ts';
import {
  isNotified,
  NEW_STATUS,
  observe,
  type StateChange,
} from '../../services/watches/watch-state.ts';

/** The changes of a watch by its outcomes; the n-th run starts at time `n`. */
function changesOf(outcomes: readonly WatchState[]) {
  let status = NEW_STATUS;
  const changes: (StateChange & { since: string | null })[] = [];
  for (const [run, outcome] of outcomes.entries()) {
    const next = observe(status, outcome, `t${run}`);
    status = next.status;
    if (next.change) changes.push({ ...next.change, since: status.since });
  }
  return { changes, status };
}

describe('the state of a watch', () => {
  it('changes after two runs in a row, and began with the first of them', () => {
    const { changes, status } = changesOf([
      ...(['passing', 'passing'] as const),
      ...(['regressed', 'passing', 'regressed', 'unreachable'] as const),
      ...(['regressed', 'regressed', 'regressed', 'passing', 'passing'] as const),
    ]);
    expect(changes).toEqual([
      { from: null, to: 'passing', since: 't0' },
      { from: 'passing', to: 'regressed', since: 't6' },
      { from: 'regressed', to: 'passing', since: 't9' },
    ]);
    expect(status).toMatchObject({ state: 'passing', candidate: null, changes: 3 });
  });

  it('is what two runs in a row saw last, whatever they saw', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...WATCH_STATES), { maxLength: 30 }), (outcomes) => {
        // The definition, by looking back.
        const agreed = outcomes.findLastIndex((one, run) => run > 0 && outcomes[run - 1] === one);
        const { status, changes } = changesOf(outcomes);
        expect(status.state).toBe(agreed < 0 ? null : outcomes[agreed]);
        for (const [index, { from }] of changes.entries()) {
          expect(from).toBe(index === 0 ? null : changes[index - 1]?.to);
        }
      }),
    );
  });

  it('is notified of each change, but not that a new watch passes', () => {
    expect(isNotified({ from: null, to: 'passing' })).toBe(false);
    expect(isNotified({ from: null, to: 'unreachable' })).toBe(true);
    expect(isNotified({ from: 'regressed', to: 'passing' })).toBe(true);
  });
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('the schedule of a watch', () => {
  /** Runs that a cron starts every 15 minutes, at the times that its clock shows. */
  const runs = (clock: readonly number[], every = HOUR) => {
    let due = 0;
    return clock.filter((now) => {
      if (!isDue({ every, due, claimed: null }, now)) return false;
      due = dueAfter(now, every);
      return true;
    });
  };

  it('has a run an hour, although crons start some seconds late', () => {
    const late = [9000, 3000, 20_000, 1000, 59_000];
    const clock = Array.from(
      { length: 4 * 24 },
      (_, tick) => tick * 15 * MINUTE + (late[tick % late.length] ?? 0),
    );
    expect(runs(clock)).toHaveLength(24);
    expect(runs(clock, 15 * MINUTE)).toHaveLength(4 * 24);
  });

  it('makes one run where the clock jumps ahead, and goes on where it is put back', () => {
    const day = 24 * HOUR;
    const [a, b, c, d] = [day, day + 15 * MINUTE, 40 * day, 40 * day + 15 * MINUTE];
    expect(runs([a, b, c, d])).toEqual([a, c]);
    const back = [10 * day, 3 * day, 3 * day + 15 * MINUTE, 3 * day + HOUR];
    expect(runs(back)).toEqual([10 * day, 3 * day, 3 * day + HOUR]);
  });

  it('starts no second run beside one that is under way, unless that was lost', () => {
    const watch = { every: HOUR, due: 0, claimed: 10 * HOUR };
    expect(isDue(watch, 11 * HOUR)).toBe(false);
    expect(isDue(watch, 12 * HOUR)).toBe(true);
    // Started in a future that the clock has left.
    expect(isDue(watch, 9 * HOUR)).toBe(true);
  });

  it('repeats a run that contradicts the state after 15 minutes', () => {
    expect(dueToConfirm(5 * MINUTE + 7000, 24 * HOUR)).toBe(20 * MINUTE);
    expect(dueToConfirm(50 * MINUTE, HOUR)).toBe(HOUR);
  });

  it('tries a notice again later each time, for about two days', () => {
    const waits: number[] = [];
    for (let attempts = 1, now = 0; attempts < DELIVERY_ATTEMPTS; attempts++) {
      const next = retryAt(now, attempts) ?? Number.NaN;
      waits.push((next - now) / MINUTE);
      now = next;
    }
    expect(waits).toEqual([15, 30, 60, 120, 240, 480, 720, 720, 720]);
    expect(retryAt(0, DELIVERY_ATTEMPTS)).toBeNull();
  });

  it.each([
    ['15m', true],
    ['7d', true],
    ['168h', true],
    ['14m', false],
    ['8d', false],
    ['1 h', false],
    ['0h', false],
    ['1w', false],
    ['1.5h', false],
  ])('%s as an interval: %s', (text, valid) => {
    expect(everySchema.safeParse(text).success).toBe(valid);
  });

  it('knows how long an interval is', () => {
    expect([durationOf('90m'), durationOf('2d'), durationOf('x')]).toEqual([
      1.5 * HOUR,
      48 * HOUR,
      undefined,
    ]);
  });
});

describe('a notice', () => {
  const facts = {
    watch: { id: '0123456789abcdef', name: 'a & <b>', url: 'https://example.com/' },
    change: { from: 'passing', to: 'regressed' },
    since: '2026-11-26T10:00:00.000Z',
    reason: 'x'.repeat(2000),
    origin: 'https://watch.example.com',
  } as const;

  it('is a message that Slack shows, without links or mentions from the name', () => {
    const body: unknown = JSON.parse(noticeBody(facts));
    expect(body).toEqual({
      text: expect.stringMatching(
        /^🔴 a &amp; &lt;b&gt; \(https:\/\/example\.com\/\) answers worse than its baseline: x{600}…$/u,
      ) as string,
      blocks: [{ type: 'section', text: { type: 'mrkdwn', text: expect.any(String) as string } }],
    });
    expect(JSON.stringify(body)).toContain(
      '<https://watch.example.com/status#0123456789abcdef|History>',
    );
  });

  it('has the signature that Standard Webhooks asks for', async () => {
    const key = Buffer.from(Array.from({ length: 32 }, (_, byte) => 7 * byte));
    const secret = `whsec_${key.toString('base64')}`;
    const message = { id: 'msg_1', body: '{"text":"ä"}' };
    const headers = await signatureHeaders(message, secret, new Date(1_614_265_330_999));
    const expected = createHmac('sha256', key).update('msg_1.1614265330.{"text":"ä"}');
    expect(headers).toEqual({
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1614265330',
      'webhook-signature': `v1,${expected.digest('base64')}`,
    });
  });
});

describe('an address that a client chose', () => {
  const strict = { allowLocal: false };

  it.each([
    'https://example.com',
    'https://bindscope.example.workers.dev/path',
    'https://hooks.slack.com/services/T0/B0/x?y=1',
    'https://example.com:8443/',
    'https://xn--bcher-kva.example/',
    'https://localhost.example.com/',
    'https://127.0.0.1.example.com/',
  ])('%s is allowed', (address) => {
    expect(outboundFault(address, 'url', strict)).toBeUndefined();
  });

  it.each([
    ['example.com', /must be a URL/],
    ['', /must be a URL/],
    ['http://example.com', /https/],
    ['ftp://example.com', /https/],
    ['file:///etc/passwd', /https/],
    ['javascript:alert(1)', /https/],
    ['https://user@example.com', /password/],
    ['https://user:secret@example.com', /password/],
    ['https://example.com/#x', /#/],
    // Loopback, in every notation that URLs have.
    ['https://127.0.0.1/', /IP address/],
    ['https://127.1/', /IP address/],
    ['https://2130706433/', /IP address/],
    ['https://0x7f000001/', /IP address/],
    ['https://0177.0.0.1/', /IP address/],
    ['https://%31%32%37.0.0.1/', /IP address/],
    ['https://１２７.0.0.1/', /IP address/],
    ['https://127.0.0.1./', /IP address/],
    ['https://0.0.0.0/', /IP address/],
    // Private, link-local (with the address of cloud metadata), CGNAT, broadcast.
    ['https://10.0.0.1/', /IP address/],
    ['https://172.16.0.1/', /IP address/],
    ['https://192.168.1.1/', /IP address/],
    ['https://169.254.169.254/latest/meta-data', /IP address/],
    ['https://100.64.0.1/', /IP address/],
    ['https://255.255.255.255/', /IP address/],
    // IPv6: loopback, local, link-local, mapped IPv4, NAT64.
    ['https://[::1]/', /IP address/],
    ['https://[fc00::1]/', /IP address/],
    ['https://[fe80::1]/', /IP address/],
    ['https://[::ffff:127.0.0.1]/', /IP address/],
    ['https://[64:ff9b::7f00:1]/', /IP address/],
    // Names of the local network.
    ['https://localhost/', /public name/],
    ['https://LOCALHOST/', /public name/],
    ['https://localhost./', /public name/],
    ['https://a.localhost/', /public name/],
    ['https://printer.local/', /public name/],
    ['https://metadata.google.internal/', /public name/],
    ['https://router.home.arpa./', /public name/],
    ['https://intranet/', /public name/],
  ])('%s is refused', (address, reason) => {
    expect(outboundFault(address, 'url', strict)).toMatch(reason);
  });

  it('may be this machine where the deployment allows it, and no other of its network', () => {
    const local = { allowLocal: true };
    for (const address of ['http://localhost:8787', 'http://127.0.0.1:1/', 'https://[::1]/x']) {
      expect(outboundFault(address, 'url', local)).toBeUndefined();
    }
    for (const address of ['http://10.0.0.1/', 'http://example.com', 'http://user@localhost/']) {
      expect(outboundFault(address, 'url', local)).toBeDefined();
    }
  });
});

describe('a request to such an address', () => {
  const ask = (answer: (request: Request) => Promise<Response>, address = 'https://example.com/') =>
    outboundFetch({ allowLocal: false }, answer)(new Request(address));
  const answer = (body: BodyInit | null, init?: ResponseInit) => () =>
    Promise.resolve(new Response(body, init));

  it('has the answer of the server', async () => {
    const response = await ask(answer('{}', { status: 201, headers: { 'x-a': 'b' } }));
    expect([response.status, response.headers.get('x-a'), await response.text()]).toEqual([
      201,
      'b',
      '{}',
    ]);
    expect((await ask(answer(null, { status: 204 }))).status).toBe(204);
  });

  it('is not sent to an address that is not allowed', async () => {
    const sent = () => Promise.reject(new Error('sent'));
    await expect(ask(sent, 'https://10.0.0.1/')).rejects.toThrow('IP address');
  });

  it('follows no redirect', async () => {
    let redirect: string | undefined;
    const moved = (request: Request) => {
      redirect = request.redirect;
      const headers = { location: 'https://10.0.0.1/' };
      return Promise.resolve(new Response(null, { status: 302, headers }));
    };
    await expect(ask(moved)).rejects.toThrow('it answers 302, a redirect');
    expect(redirect).toBe('manual');
  });

  it('ends where the answer is too large', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent++;
        controller.enqueue(new Uint8Array(2 ** 20));
      },
    });
    await expect(ask(answer(endless))).rejects.toThrow('more than 8 MiB');
    expect(sent).toBeLessThan(20);
  });

  it('ends where the answer is too slow, also one that goes on and on', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 20);
      response.on('close', () => {
        clearInterval(drip);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const request = new Request(`http://127.0.0.1:${port}/`);
    const asked = outboundFetch({ allowLocal: true }, fetch, 300)(request);
    await expect(asked).rejects.toMatchObject({ name: 'TimeoutError' });
    await new Promise((resolve) => server.close(resolve));
  });

  it('leaves no rejection behind where an answer fails while it is cancelled', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    let cancelled = 0;
    const silent = () =>
      new ReadableStream<Uint8Array>({
        cancel() {
          cancelled++;
          throw new Error('connection lost');
        },
      });
    const asked = outboundFetch({ allowLocal: false }, answer(silent()), 20);
    await expect(asked(new Request('https://example.com/'))).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    await expect(ask(answer(silent(), { status: 301 }))).rejects.toThrow('it answers 301');
    expect(cancelled).toBe(2);
    // Node reports a rejection after all microtasks of the turn in which it happened.
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  it('fails where the answer is cut off', async () => {
    const cut = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array(10));
        controller.error(new Error('connection lost'));
      },
    });
    await expect(ask(answer(cut))).rejects.toThrow('connection lost');
  });
});

it('a watch needs a name and a baseline, and nothing unknown', () => {
  const { error } = createWatchSchema.safeParse({ name: ' ', every: '1s', x: 1 });
  expect(error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([
    'name: name must have at least 1 character',
    expect.stringContaining('baseline:'),
    expect.stringContaining('every: every must be'),
    ': Unrecognized key: "x"',
  ]);
});
