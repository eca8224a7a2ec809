import type { Hook } from '@hono/zod-openapi';
import type { z } from 'zod';
import { ServiceError } from '../../services/service-error.ts';
import type { AppEnv } from './app-env.ts';

type Issue = z.core.$ZodIssue;

/** The names of the parts of a request: Hono's, and those in errors. */
const PARTS: Readonly<Record<string, string>> = {
  query: 'query',
  param: 'path',
  json: 'body',
  header: 'header',
};

/** Throws an error that names each invalid part of a request. */
export const refuseInvalid: Hook<unknown, AppEnv, string, undefined> = (result) => {
  if (result.success) return;
  throw invalidRequest(PARTS[result.target] ?? result.target, result.error);
};

/** The error of a part of a request that does not match its schema. */
export function invalidRequest(part: string, { issues }: z.core.$ZodError): ServiceError {
  const errors = issues.flatMap(withinUnion).flatMap((issue) => {
    const at = [part, ...issue.path].join('.');
    const isDefault = issue.message.startsWith('Unrecognized key');
    if (issue.code !== 'unrecognized_keys' || !isDefault) return [{ at, detail: issue.message }];
    return issue.keys.map((key) => ({ at: `${at}.${key}`, detail: 'is not a known parameter' }));
  });
  const detail = errors.map((error) => `${error.at}: ${error.detail}`).join('; ');
  return new ServiceError('invalid-request', detail, { errors });
}

/** @throws ServiceError where parameters of an address do not match the schema */
export function parseQuery<S extends z.ZodType>(schema: S, parameters: unknown): z.output<S> {
  const result = schema.safeParse(parameters);
  if (!result.success) throw invalidRequest('query', result.error);
  return result.data;
}

/**
 * Where no alternative of a union matches: the issues of the alternative that the client most likely
 * meant, the one with the fewest. Alternatives of another type do not count, unless all have one.
 */
function withinUnion(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const isWrongType = ({ code, path }: Issue) => code === 'invalid_type' && path.length === 0;
  const [meant] = issue.errors
    .filter((alternative) => !alternative.some(isWrongType))
    .sort((a, b) => a.length - b.length);
  if (!meant) return [issue];
  return meant.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}
