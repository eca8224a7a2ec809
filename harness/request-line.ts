import { z } from 'zod';

/** What the worker logs of a request, as JSON (`worker/middleware/request-log.ts`). */
const requestSchema = z.object({
  message: z.literal('request'),
  method: z.string(),
  path: z.string(),
  status: z.number(),
  problem: z.string().nullable(),
  milliseconds: z.number(),
});

/** What it logs of an error that it did not expect, before the line of the request. */
const failureSchema = z.object({
  message: z.literal('failure'),
  name: z.string(),
  detail: z.string(),
  cause: z.string().optional().catch(undefined),
});

const logSchema = z.discriminatedUnion('message', [requestSchema, failureSchema]);

/**
 * A line of the worker's log for a terminal: method, path, status and milliseconds of a request, or
 * what failed. Lines that are not the worker's stay as they are.
 */
export function describeLogLine(line: string): string {
  const logged = logSchema.safeParse(parseJson(line)).data;
  if (!logged) return line;
  if (logged.message === 'failure') {
    const { name, detail, cause } = logged;
    return `${name}: ${detail}${cause === undefined ? '' : ` (${cause})`}`;
  }
  const { method, path, status, problem, milliseconds } = logged;
  return `${method} ${path} ${status} ${milliseconds} ms${problem === null ? '' : ` (${problem})`}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
