import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { ServiceError } from '../../services/service-error.ts';
import type { AppEnv } from '../http/app-env.ts';

/** Refuses compressed bodies, whose size is not known before they are read, and bodies above the limit. */
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
  return bodyLimit({ maxSize: bodyBytes, onError })(c, next);
};

/**
 * Reads a body that the route did not read, up to its limit. workerd closes the connection of a client
 * whose body is not read, and with it the client's next request on that connection.
 */
export const drainBody: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  const { body, bodyUsed } = c.req.raw;
  if (body && !bodyUsed && hasAllowedLength(c)) {
    await body.pipeTo(new WritableStream()).catch(() => undefined);
  }
};

/** Whether the request states a length within the limit. */
const hasAllowedLength = (c: Context<AppEnv>): boolean =>
  Number(c.req.header('content-length') ?? Infinity) <= c.var.policy.bodyBytes;
