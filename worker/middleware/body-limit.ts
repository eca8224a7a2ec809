import type { Context, MiddlewareHandler, Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { ServiceError } from '../../services/service-error.ts';
import type { AppEnv } from '../http/app-env.ts';

/** Within this time a body has to arrive. The largest, a model of 24 MB, then needs 6.4 Mbit/s. */
const BODY_SECONDS = 30;

/**
 * Refuses compressed bodies, whose size is not known before they are read, bodies above the limit, and bodies
 * that do not arrive in time: a client that sends half of one would hold the request for ever.
 */
export const limitBody: MiddlewareHandler<AppEnv> = (c, next) => {
  const encoding = c.req.header('content-encoding') ?? 'identity';
  if (c.req.raw.body && encoding !== 'identity') {
    throw new ServiceError(
      'unsupported-media-type',
      `send the body without content-encoding, not as ${encoding}`,
    );
  }
  const { bodyBytes } = c.var.policy;
  const onError = () => {
    throw new ServiceError(
      'body-too-large',
      `the body must have at most ${bodyBytes / 1024} KiB here`,
    );
  };
  const withinLimit = bodyLimit({ maxSize: bodyBytes, onError });
  return arrivesInTime(c, async () => {
    await withinLimit(c, next);
  });
};

/** Runs `next` on a request whose body has to be read within `BODY_SECONDS`. */
async function arrivesInTime(c: Context<AppEnv>, next: Next): Promise<void> {
  const { body } = c.req.raw;
  if (!body) return next();
  const deadline = startDeadline();
  const arrived = new TransformStream({ flush: deadline.end });
  c.req.raw = new Request(c.req.raw, {
    body: body.pipeThrough(arrived),
    duplex: 'half',
  } as RequestInit);
  try {
    await Promise.race([next(), deadline.missed]);
  } finally {
    deadline.end();
  }
}

function startDeadline(): { missed: Promise<never>; end: () => void } {
  let refuse: (error: ServiceError) => void = () => undefined;
  const missed = new Promise<never>((_, reject) => (refuse = reject));
  const timer = setTimeout(() => {
    refuse(new ServiceError('body-too-slow', `the body must arrive within ${BODY_SECONDS} s`));
  }, 1000 * BODY_SECONDS);
  return {
    missed,
    end: () => {
      clearTimeout(timer);
    },
  };
}

/**
 * Reads a body that the route did not read, up to its limit. workerd closes the connection of a client
 * whose body is not read, and with it the client's next request on that connection.
 */
export const drainBody: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  const { body, bodyUsed } = c.req.raw;
  if (body && !bodyUsed && hasAllowedLength(c)) {
    const deadline = startDeadline();
    const read = body.pipeTo(new WritableStream());
    await Promise.race([read, deadline.missed]).catch(() => undefined);
    deadline.end();
  }
};

/** Whether the request states a length within the limit. */
const hasAllowedLength = (c: Context<AppEnv>): boolean =>
  Number(c.req.header('content-length') ?? Infinity) <= c.var.policy.bodyBytes;
