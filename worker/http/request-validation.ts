import type { Hook } from '@hono/zod-openapi';
import type { z } from 'zod';
import { withinUnion } from '../../contract/schema-issues.ts';
import { ServiceError } from '../../services/service-error.ts';
import type { AppEnv } from './app-env.ts';

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
