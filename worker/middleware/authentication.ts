import type { Context, MiddlewareHandler } from 'hono';
import { ServiceError } from '../../services/service-error.ts';

/** The name of the token among the security schemes of the API's description. */
export const WRITE_ACCESS = 'writeToken';

/** What a route says that needs it. */
export const needsToken = [{ [WRITE_ACCESS]: [] }];

const READING = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Lets those write who show the deployment's token (RFC 6750).
 *
 * @param token undefined where nobody may write
 */
export function requireWriteToken(token: string | undefined): MiddlewareHandler {
  return async (c, next) => {
    if (!READING.includes(c.req.method)) await requireToken(c, token);
    await next();
  };
}

async function requireToken(c: Context, token: string | undefined): Promise<void> {
  if (token === undefined || token === '') {
    const detail = 'this deployment takes no writes: it has no WRITE_TOKEN';
    throw new ServiceError('writes-disabled', detail);
  }
  const given = /^Bearer +([\w.~+/-]+=*)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (given === undefined) {
    c.header('www-authenticate', 'Bearer realm="bindscope"');
    throw new ServiceError('unauthorized', 'send the header authorization: Bearer <token>');
  }
  if (!(await isSame(given, token))) {
    c.header('www-authenticate', 'Bearer realm="bindscope", error="invalid_token"');
    throw new ServiceError('unauthorized', 'this is not the token of this deployment');
  }
}

/** Takes as long whatever is different, and however long it is: digests are compared. */
async function isSame(given: string, token: string): Promise<boolean> {
  const digest = (text: string) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  const [a, b] = await Promise.all([digest(given), digest(token)]);
  return crypto.subtle.timingSafeEqual(a, b);
}
