import type { ErrorHandler, MiddlewareHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { problemOf, PROBLEMS } from '../../contract/problems.ts';
import { ServiceError } from '../../services/service-error.ts';
import { SpecError } from '../../task/spec.ts';
import { answerPreflight } from '../middleware/cors.ts';
import { errorForPeople } from './error-for-people.ts';
import { isInference } from './inference-path.ts';
import type { App, AppEnv } from './app-env.ts';

/**
 * Answers an error as `application/problem+json` (RFC 9457), or in the form that the route has for people. Logs
 * it where the server failed.
 */
export const handleError: ErrorHandler<AppEnv> = async (error, c) => {
  const { kind, detail, errors, retryAfterSeconds } = toLoggedError(error, c.var.requestId);
  const problem = problemOf(kind, detail, errors);
  const shown = await errorForPeople(c, problem);
  if (shown) {
    if (retryAfterSeconds !== undefined) c.header('retry-after', String(retryAfterSeconds));
    return c.body(shown.body, PROBLEMS[kind].status, { 'content-type': shown.type });
  }
  // Clients of the Open Inference Protocol read `error`.
  const body = isInference(c.req.path) ? { ...problem, error: detail } : problem;
  if (retryAfterSeconds !== undefined) c.header('retry-after', String(retryAfterSeconds));
  return c.body(JSON.stringify(body), PROBLEMS[kind].status, {
    'content-type': 'application/problem+json',
  });
};

/** The error that the client sees. Where the server failed, the original one is logged. */
export function toLoggedError(error: unknown, requestId: string): ServiceError {
  const shown = toServiceError(error);
  if (isFailure(shown)) logError(error instanceof Error ? error : shown, requestId);
  return shown;
}

/** Status 501 is not a failure: the deployment was set up without that part. */
const isFailure = ({ kind }: ServiceError) =>
  PROBLEMS[kind].status >= 500 && PROBLEMS[kind].status !== 501;

/** Logs what clients do not see, as one line of JSON. */
export function logError(error: Error, requestId: string): void {
  const { name, message, stack, cause } = error;
  const entry = {
    level: 'error',
    message: 'failure',
    id: requestId,
    name,
    detail: message,
    cause: cause instanceof Error ? cause.message : cause,
    stack,
  };
  console.error(JSON.stringify(entry));
}

/** The error that the client sees. */
export function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof SpecError) return new ServiceError('invalid-request', error.message);
  // Hono's validator throws these two itself.
  if (error instanceof HTTPException && error.status === 400) {
    return new ServiceError('malformed-json', 'the body is not valid JSON');
  }
  if (error instanceof HTTPException && error.status === 415) {
    return new ServiceError('unsupported-media-type', 'send content-type: application/json');
  }
  return new ServiceError('internal', 'the server failed; the same request may succeed later');
}

export const handleNotFound: NotFoundHandler = (c) => {
  const trimmed = c.req.path.replace(/\/+$/, '');
  // Relative to this site: an address that starts with two slashes would be another one.
  if (c.req.method === 'GET' && trimmed !== c.req.path && /^\/[^/\\]/.test(trimmed)) {
    return c.redirect(trimmed + new URL(c.req.url).search, 308);
  }
  const detail = `there is nothing at ${c.req.path}; /openapi.json lists all addresses`;
  throw new ServiceError('not-found', detail);
};

/** Answers OPTIONS at every address, and refuses methods that no route has. */
export function refuseOtherMethods(app: App): void {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (method === 'ALL') continue;
    const known = methods.get(path) ?? new Set();
    methods.set(path, known.add(method));
    // Hono answers HEAD wherever it answers GET.
    if (method === 'GET') known.add('HEAD');
  }
  for (const [path, known] of methods) {
    app.options(path, () => answerPreflight([...known]));
    app.all(path, methodNotAllowed([...known, 'OPTIONS'].join(', ')));
  }
}

function methodNotAllowed(allow: string): MiddlewareHandler {
  return (c) => {
    c.header('allow', allow);
    const detail = `${c.req.path} allows ${allow}, not ${c.req.method}`;
    throw new ServiceError('method-not-allowed', detail);
  };
}
