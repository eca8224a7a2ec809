import { z } from 'zod';

/** Every kind of error of the API, written once: the worker throws them, `/problems` explains them. */

interface ProblemEntry {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500 | 501 | 503;
  readonly title: string;
  /** When it comes. */
  readonly cause: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** By slug. A slug never changes and is never used again, as clients branch on it. */
export const PROBLEMS = {
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    cause: 'The body could not be parsed as one JSON value.',
    remedy: 'Send one JSON object, in UTF-8.',
  },
  'invalid-request': {
    status: 400,
    title: 'The request has a bad parameter',
    cause:
      'A part of the path, the query or the body is missing, unknown or outside its limits, or two ' +
      'parts do not fit together.',
    remedy:
      'Each entry of `errors` names one bad part, such as `query.objects` or `body.queries.0.ask`, ' +
      'and says what is allowed. The limits of every part are in the API reference.',
  },
  unauthorized: {
    status: 401,
    title: 'Writing needs the token of this deployment',
    cause: 'The request would change something, and shows no token or another one.',
    remedy: 'Send `Authorization: Bearer …` with the token that the deployment was given.',
  },
  'writes-disabled': {
    status: 403,
    title: 'This deployment takes no writes',
    cause: 'The deployment was given no token, so that nobody can change anything.',
    remedy: 'Whoever runs it can set one: `npx wrangler secret put WRITE_TOKEN`.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing at this address',
    cause: 'No route has this address.',
    remedy: '`/openapi.json` lists all there are.',
  },
  'unknown-model': {
    status: 404,
    title: 'There is no such model',
    cause: 'The request names a model that this deployment does not have.',
    remedy: 'The detail names those it has; `/v1/models` describes them.',
  },
  'unknown-version': {
    status: 404,
    title: 'The model has no such version',
    cause:
      'The request names a version, an alias or a digest that the model does not have in this ' +
      'deployment, or no version of the model is in production.',
    remedy: 'The detail names those it has; `/v1/registry` describes what is published.',
  },
  'unknown-query': {
    status: 404,
    title: 'There is no such query',
    cause: 'The address is not the name of a query, or of one outside the limits of the task.',
    remedy: 'Take names from `/v1/queries`, or change one part of such a name.',
  },
  'not-embeddable': {
    status: 404,
    title: 'There is nothing to embed at this address',
    cause: 'oEmbed was asked about an address that is of another site, or shows no figure.',
    remedy: 'Ask about the front page, or about a page under `/embed`; the detail tells more.',
  },
  'probe-not-found': {
    status: 404,
    title: 'The model has no such probe',
    cause: 'Nothing of this kind has been measured inside this model.',
    remedy: 'Ask for another section or another model; `npm run probe` measures a model.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This address does not answer that method',
    cause: 'There is something at this address, which answers other methods.',
    remedy: 'The header `Allow` lists the methods.',
  },
  'registry-conflict': {
    status: 409,
    title: 'The registry is not as the request takes it to be',
    cause:
      'An alias points elsewhere than the request says, a version to be deleted is in use, or a model ' +
      'file has been published with other files beside it.',
    remedy: 'The detail says how things are; look at `/v1/registry/{id}` and decide again.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    cause: 'The body has more bytes than any request needs.',
    remedy: 'The detail tells the limit; ask in several requests.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body has the wrong type',
    cause: 'The header `Content-Type` names a format that this address does not read.',
    remedy: 'The detail tells which it reads, mostly `application/json`.',
  },
  'incompatible-model': {
    status: 422,
    title: 'The model cannot read such queries',
    cause:
      'The model was never taught to read what is asked: a picture for a model of text alone, a ' +
      'larger vocabulary, or more positions than it has. An answer would mean nothing.',
    remedy: 'The detail tells what the model reads; its card has all of it.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The idempotency key was used for another request',
    cause: 'Something else has been kept under the same `Idempotency-Key`.',
    remedy: 'Take a new key for each request, and the same one only to send it again.',
  },
  'invalid-model': {
    status: 422,
    title: 'This model cannot be published',
    cause:
      'The card, or a file, is not one that could be served: `errors` lists every fault, such as a ' +
      'digest that differs, weights in other files, operators that no exported model has, or a ' +
      'model that does not answer.',
    remedy: 'Export the model anew with `npm run export`, and publish the folder unchanged.',
  },
  'too-much-work': {
    status: 422,
    title: 'The request asks for too much work',
    cause: 'The request needs more multiply-adds than one may take from the others.',
    remedy: 'The detail tells how many queries or pairs would be allowed; ask for parts.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    cause: 'This client has sent more requests of this kind than it may in a period.',
    remedy:
      'Wait as long as `Retry-After` says. `RateLimit-Policy` tells how many may be sent (`q`) in ' +
      'how many seconds (`w`); a request for many queries counts as one.',
  },
  internal: {
    status: 500,
    title: 'The server failed',
    cause: 'Something went wrong that is not the request’s fault.',
    remedy: 'Try again; if it stays, report the `X-Request-Id` of the answer.',
  },
  'unknown-format': {
    status: 501,
    title: 'The format is not implemented',
    cause: 'oEmbed was asked for an answer in a format other than JSON and XML.',
    remedy: 'Send `format=json` or `format=xml`.',
  },
  'not-configured': {
    status: 501,
    title: 'This deployment does not have that part',
    cause: 'The request needs a bucket or a database that the deployment was not given.',
    remedy: 'docs/deploy.md tells how to bind one. All else works without.',
  },
  'registry-unavailable': {
    status: 503,
    title: 'The registry does not answer',
    cause: 'The bucket of the registry fails for now, or others keep changing the same model.',
    remedy:
      'Wait as long as `Retry-After` says and try again. What was shipped still answers, as ' +
      '`{id}@shipped`.',
  },
  'unknown-run': {
    status: 404,
    title: 'There is no such run',
    cause: 'No run is kept under this id.',
    remedy: '`/v1/runs` lists those that are.',
  },
  'history-unavailable': {
    status: 503,
    title: 'The history does not answer',
    cause: 'The database of runs fails for now, or its migrations have not been applied.',
    remedy: 'Wait as long as `Retry-After` says and try again; all else still answers.',
  },
  'model-unavailable': {
    status: 503,
    title: 'The model cannot be loaded',
    cause: 'A file of the model is missing, or is not the one that its card describes.',
    remedy: 'Wait as long as `Retry-After` says and try again; other models still answer.',
  },
} as const satisfies Record<string, ProblemEntry>;

export type ProblemKind = keyof typeof PROBLEMS;

export const PROBLEM_KINDS = Object.keys(PROBLEMS) as [ProblemKind, ...ProblemKind[]];

const PAGES = '/problems/';

/**
 * The `type` of a kind: where its page is. A reference without a host (RFC 9457, 3.1.1), so that it
 * is the same for every deployment and yet leads to a page of the one that answered.
 */
export const problemType = (kind: ProblemKind): string => `${PAGES}${kind}`;

/** The kind that a problem's `type` names, which may be one that a newer server knows. */
export const problemKind = (type: string): string =>
  type.startsWith(PAGES) ? type.slice(PAGES.length) : type;

/** Any error (RFC 9457). */
export const problemSchema = z
  .object({
    type: z.string().meta({
      description: `A page of this deployment: ${PROBLEM_KINDS.map(problemType).join(', ')}.`,
      example: problemType('unknown-model'),
    }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().meta({ description: 'What is wrong with this very request.' }),
    errors: z
      .array(
        z.object({
          at: z.string().meta({ example: 'query.objects' }),
          detail: z.string().meta({ example: 'objects must be a whole number from 1 to 32' }),
        }),
      )
      .optional(),
    error: z.string().optional().meta({
      description: 'The detail again, under `/v2`, where the Open Inference Protocol looks for it.',
    }),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;

/** The problem of an error. @param errors each invalid part of the request, where there are any */
export function problemOf(
  kind: ProblemKind,
  detail: string,
  errors?: readonly { readonly at: string; readonly detail: string }[],
): Problem {
  const { title, status } = PROBLEMS[kind];
  return {
    type: problemType(kind),
    title,
    status,
    detail,
    ...(errors && { errors: [...errors] }),
  };
}

export const problemPathSchema = z.object({
  kind: z.enum(PROBLEM_KINDS, { error: 'there is no such problem' }).meta({
    example: 'unknown-model',
  }),
});
