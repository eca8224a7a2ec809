import { z } from 'zod';
import { NDJSON } from '../../contract/media-types.ts';
import type { RoutePolicy } from './route-policy.ts';
import { problemSchema } from '../../contract/problems.ts';

/** Parts of route contracts. */

export const json = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { 'application/json': { schema } },
});

export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  required: true,
  content: { 'application/json': { schema } },
});

export const ndjson = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { [NDJSON]: { schema } },
});

export const svg = (description: string) => ({
  description,
  content: { 'image/svg+xml': { schema: z.string() } },
});

export const png = (description: string) => ({
  description,
  content: { 'image/png': { schema: z.string().meta({ format: 'binary' }) } },
});

export const html = {
  description: 'An HTML page.',
  content: { 'text/html': { schema: z.string() } },
};

export const notModified = {
  description: 'The client already has the response, by its `If-None-Match`.',
};

const problem = {
  description: 'An error: what is wrong, and what is allowed.',
  content: { 'application/problem+json': { schema: problemSchema } },
};

/** The error responses of every route. */
export const problems = { default: problem };

/** The type of the errors that people see, where a route has them (`error-for-people.ts`). */
const SHOWN: Readonly<Record<RoutePolicy['errors'], string | undefined>> = {
  problem: undefined,
  page: 'text/html',
  frame: 'text/html',
  figure: 'image/svg+xml',
  badge: 'image/svg+xml',
};

/** The error response of a route in `/openapi.json`. */
export function errorResponse(errors: RoutePolicy['errors']) {
  const shown = SHOWN[errors];
  if (shown === undefined) return problem;
  return { ...problem, content: { ...problem.content, [shown]: { schema: z.string() } } };
}
