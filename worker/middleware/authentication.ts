import type { Context, MiddlewareHandler } from 'hono';
import { sha256Of } from '../../contract/digest.ts';
import { BEARER_TOKEN, type WriteScope } from '../../contract/write-tokens.ts';
import { ServiceError } from '../../services/service-error.ts';
import type { Writer, WriteToken, WriteTokens } from '../../services/write-tokens.ts';
import type { AppEnv } from '../http/app-env.ts';

const CREDENTIALS = new RegExp(`^Bearer +(${BEARER_TOKEN})$`, 'i');

/** Checks the bearer token of routes that need one (RFC 6750), and whether it has the route's scope. */
export function authenticate(configured: () => Promise<WriteTokens>): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { auth: scope } = c.var.policy;
    if (scope !== 'none') {
      c.set('writer', await writerOf(c, scope, await configured()));
      requireScope(c, scope);
    }
    await next();
  };
}

/**
 * The holder of the request's token.
 *
 * @throws ServiceError where the token does not have the scope
 */
export function requireScope(c: Context<AppEnv>, scope: WriteScope): Writer {
  const { writer } = c.var;
  if (!writer) throw new Error('the policy of this route does not ask for a token');
  if (writer.scopes.includes(scope)) return writer;
  challenge(c, `error="insufficient_scope", scope="${scope}"`);
  const has = writer.scopes.join(', ');
  const detail = `this needs the scope ${scope}; the token "${writer.name}" has only ${has}`;
  throw new ServiceError('insufficient-scope', detail);
}

async function writerOf(
  c: Context<AppEnv>,
  scope: WriteScope,
  { tokens, fault }: WriteTokens,
): Promise<Writer> {
  if (fault !== null) {
    const detail = 'this deployment does not accept writes: its secret WRITE_TOKENS is invalid';
    throw new ServiceError('writes-disabled', detail);
  }
  if (tokens.length === 0) {
    const detail = 'this deployment does not accept writes: it has no WRITE_TOKEN or WRITE_TOKENS';
    throw new ServiceError('writes-disabled', detail);
  }
  const token = CREDENTIALS.exec(c.req.header('authorization') ?? '')?.[1];
  if (token === undefined) {
    challenge(c, `scope="${scope}"`);
    const detail = `send the header authorization: Bearer <token>, with a token of the scope ${scope}`;
    throw new ServiceError('unauthorized', detail);
  }
  const writer = await find(tokens, token);
  if (writer) return writer;
  challenge(c, `error="invalid_token", scope="${scope}"`);
  const detail = `this is no write token of this deployment; a token of the scope ${scope} is needed`;
  throw new ServiceError('unauthorized', detail);
}

const challenge = (c: Context<AppEnv>, parameters: string) => {
  c.header('www-authenticate', `Bearer realm="bindscope", ${parameters}`);
};

/** Compares digests, and all of them, so that the time says nothing about the tokens. */
async function find(tokens: readonly WriteToken[], sent: string): Promise<Writer | undefined> {
  const encoder = new TextEncoder();
  const digest = encoder.encode(await sha256Of(encoder.encode(sent)));
  const equal = tokens.filter(({ sha256 }) =>
    crypto.subtle.timingSafeEqual(digest, encoder.encode(sha256)),
  );
  return equal[0];
}
