import type { ErrorHandler, MiddlewareHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { PROBLEMS } from '../../contract/problems.ts';
import { SpecError } from '../../task/spec.ts';
import { answerPreflight } from '../middleware/cors.ts';
import { isInference } from './inference-path.ts';
import { Problem } from '../../services/problem.ts';
import type { App, AppEnv } from '../services.ts';

/** Whatever was thrown, as a problem; what is not the client's fault is logged and told without details. */
export const handleError: ErrorHandler<AppEnv> = (error, c) =>
  toLoggedProblem(error, c.var.requestId).toResponse(isInference(c.req.path));

/** What the client is told of an error; the log is told the rest where it is not the client's fault. */
export function toLoggedProblem(error: unknown, id: string): Problem {
  const problem = toProblem(error);
  if (isFailure(problem)) logError(error instanceof Error ? error : problem, id);
  return problem;
}

/** Whether something is out of order; what a deployment was never given is not. */
const isFailure = ({ kind }: Problem) =>
  PROBLEMS[kind].status >= 500 && PROBLEMS[kind].status !== 501;

/** Tells the log, one line of JSON, what clients are not told. @param id of the request */
export function logError(error: Error, id?: string): void {
  const { name, message, stack, cause } = error;
  const why = cause instanceof Error ? cause.message : cause;
  const entry = {
    level: 'error',
    message: 'failure',
    id,
    name,
    detail: message,
    cause: why,
    stack,
  };
  console.error(JSON.stringify(entry));
}

/** What the client is told of an error. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof SpecError) return new Problem('invalid-request', error.message);
  // Hono's validator throws these two itself.
  if (error instanceof HTTPException && error.status === 400) {
    return new Problem('malformed-json', 'the body could not be parsed as JSON');
  }
  if (error instanceof HTTPException && error.status === 415) {
    return new Problem('unsupported-media-type', 'send content-type: application/json');
  }
  return new Problem('internal', 'this is our fault; the same request may well work later');
}

export const handleNotFound: NotFoundHandler = (c) => {
  throw new Problem('not-found', `nothing is at ${c.req.path}; /openapi.json lists what there is`);
};

/** Makes every address that has a route refuse other methods, naming those it answers. */
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
    const detail = `${c.req.path} answers ${allow}, not ${c.req.method}`;
    throw new Problem('method-not-allowed', detail, { headers: { allow } });
  };
}
