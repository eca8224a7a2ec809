import type { MiddlewareHandler } from 'hono';
import { ServiceError } from '../../services/service-error.ts';
import type { AppEnv } from '../http/app-env.ts';

/**
 * Checks the bearer token of routes that need it (RFC 6750).
 *
 * @param writeToken of the deployment; undefined where it accepts no writes
 */
export function authenticate(writeToken: string | undefined): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (c.var.policy.auth === 'write-token') {
      if (writeToken === undefined || writeToken === '') {
        const detail = 'this deployment does not accept writes: it has no WRITE_TOKEN';
        throw new ServiceError('writes-disabled', detail);
      }
      const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(c.req.header('authorization') ?? '')?.[1];
      if (token === undefined) {
        c.header('www-authenticate', 'Bearer realm="bindscope"');
        throw new ServiceError('unauthorized', 'send the header authorization: Bearer <token>');
      }
      if (!(await areEqual(token, writeToken))) {
        c.header('www-authenticate', 'Bearer realm="bindscope", error="invalid_token"');
        throw new ServiceError('unauthorized', 'this is not the write token of this deployment');
      }
    }
    await next();
  };
}

/** Compares digests, so that the time depends neither on the first difference nor on the lengths. */
async function areEqual(a: string, b: string): Promise<boolean> {
  const digest = (text: string) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return crypto.subtle.timingSafeEqual(await digest(a), await digest(b));
}
