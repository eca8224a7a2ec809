import type { OpenAPIHonoOptions } from '@hono/zod-openapi';
import type { z } from 'zod';
import { ServiceError } from '../../services/service-error.ts';
import type { AppEnv } from '../services.ts';

type Issue = z.core.$ZodIssue;

/** What Hono calls the parts of a request, and what its sender calls them. */
const PARTS: Readonly<Record<string, string>> = { query: 'query', param: 'path', json: 'body' };

/** Turns what a schema found wrong with a request into a problem that names each bad part. */
export const refuseInvalid: OpenAPIHonoOptions<AppEnv>['defaultHook'] = (result) => {
  if (result.success) return;
  throw invalidRequest(PARTS[result.target], result.error);
};

/** The problem of whatever a schema found wrong with a part of a request. */
export function invalidRequest(part: string, { issues }: z.core.$ZodError): ServiceError {
  const errors = issues.flatMap(withinUnion).map(({ path, message }) => ({
    at: [part, ...path].join('.'),
    detail: message,
  }));
  const detail = errors.map((error) => `${error.at}: ${error.detail}`).join('; ');
  return new ServiceError('invalid-request', detail, { errors });
}

/** @throws ServiceError where parameters of an address are not those that the schema says */
export function parsedQuery<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const result = schema.safeParse(given);
  if (!result.success) throw invalidRequest('query', result.error);
  return result.data;
}

/**
 * Where nothing of a union fits, what the alternative that was meant finds wrong: the one with the
 * fewest complaints. One that wants another type altogether has nothing to say, unless all do.
 */
function withinUnion(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const wrongType = ({ code, path }: Issue) => code === 'invalid_type' && path.length === 0;
  const [meant] = issue.errors
    .filter((alternative) => !alternative.some(wrongType))
    .sort((a, b) => a.length - b.length);
  if (!meant) return [issue];
  return meant.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}
