import { z } from 'zod';

/** Every kind of error of the API. Services and the worker throw them; `/problems` explains them. */

interface ProblemEntry {
  readonly status:
    400 | 401 | 403 | 404 | 405 | 408 | 409 | 413 | 415 | 422 | 429 | 500 | 501 | 503;
  readonly title: string;
  /** When the error occurs. */
  readonly cause: string;
  /** What the client can do. */
  readonly remedy: string;
}

/** By slug. Clients branch on slugs, so a slug never changes its meaning. */
export const PROBLEMS = {
  'malformed-json': {
    status: 400,
    title: 'The body is not JSON',
    cause: 'The body is not exactly one JSON value.',
    remedy: 'Send one JSON object, encoded as UTF-8.',
  },
  'invalid-request': {
    status: 400,
    title: 'The request is invalid',
    cause:
      'A part of the path, the query string or the body is missing, unknown or outside its limits, or ' +
      'two parts contradict each other.',
    remedy:
      'Each entry of `errors` names one invalid part, such as `query.objects` or ' +
      '`body.queries.0.asked`, and says what is allowed. The API reference lists all limits.',
  },
  unauthorized: {
    status: 401,
    title: 'This request needs a write token',
    cause: 'The request would change something, but it has no token or a wrong one.',
    remedy:
      'Send `Authorization: Bearer …` with a write token of the deployment that has the scope in the ' +
      'detail.',
  },
  'insufficient-scope': {
    status: 403,
    title: 'The token does not allow this',
    cause: 'The write token is valid, but it does not have the scope that this request needs.',
    remedy:
      'The detail says which scope is missing. The operator adds it in the secret `WRITE_TOKENS`.',
  },
  'writes-disabled': {
    status: 403,
    title: 'This deployment does not accept writes',
    cause:
      'The deployment has no write token, or its tokens are invalid: nobody can change anything.',
    remedy:
      'The operator can set one: `npx wrangler secret put WRITE_TOKEN`. The log says what is wrong ' +
      'with `WRITE_TOKENS`.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing at this address',
    cause: 'No route has this address, or the model has no such file.',
    remedy: '`/openapi.json` lists all addresses.',
  },
  'unknown-model': {
    status: 404,
    title: 'There is no such model',
    cause: 'This deployment does not have the model that the request names.',
    remedy: 'The detail lists the models; `/v1/models` describes them.',
  },
  'unknown-version': {
    status: 404,
    title: 'The model has no such version',
    cause:
      'This deployment does not have the version, alias or digest that the request names, or the model ' +
      'has no version in production.',
    remedy: 'The detail lists the versions; `/v1/registry` describes them.',
  },
  'unknown-query': {
    status: 404,
    title: 'There is no such query',
    cause: 'The address is not the name of a query, or a part of the name is outside its limits.',
    remedy: 'Use a name from `/v1/queries`, or change one part of such a name.',
  },
  'not-embeddable': {
    status: 404,
    title: 'There is nothing to embed at this address',
    cause: 'oEmbed got an address of another site, or of a page without a figure.',
    remedy: 'Use the address of the front page or of a page under `/embed`; the detail lists them.',
  },
  'probe-not-found': {
    status: 404,
    title: 'The model has no results of this probe',
    cause: 'This probe has not been run on this version of the model.',
    remedy: 'Request another section or another model; `npm run probe` runs the probes.',
  },
  'unknown-run': {
    status: 404,
    title: 'There is no such run',
    cause: 'No stored run has this id.',
    remedy: '`/v1/runs` lists the stored runs.',
  },
  'unknown-evaluation': {
    status: 404,
    title: 'There is no such evaluation',
    cause: 'No evaluation has this id: it was never started, was deleted, or has expired.',
    remedy: '`/v1/evaluations` lists the evaluations. Send its request again to start it again.',
  },
  'evaluation-unfinished': {
    status: 409,
    title: 'The evaluation is not done',
    cause: 'The request needs the outcomes of an evaluation that still runs, or that failed.',
    remedy: 'Wait until its `state` is `done`; `/v1/evaluations/{id}/stream` reports when it is.',
  },
  'unknown-watch': {
    status: 404,
    title: 'There is no such watch',
    cause: 'No watch has this id, or it has no such report.',
    remedy: '`/v1/watches` lists the watches.',
  },
  'training-not-found': {
    status: 404,
    title: 'The model has no record of its training',
    cause: 'The model was trained elsewhere and imported.',
    remedy: 'Its card and its probe results have everything that was measured here.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This address does not allow this method',
    cause: 'A route has this address, with other methods.',
    remedy: 'The header `Allow` lists the methods.',
  },
  'registry-conflict': {
    status: 409,
    title: 'The request conflicts with the state of the registry',
    cause:
      'An alias points at another version than the request says, an alias points at the version to ' +
      'delete, or the model file is published with other files.',
    remedy: 'The detail describes the current state; read `/v1/registry/{id}` and decide again.',
  },
  'too-many-watches': {
    status: 409,
    title: 'There are too many watches',
    cause: 'The deployment has as many watches as it may have.',
    remedy: 'Delete one: `DELETE /v1/watches/{id}`.',
  },
  'body-too-slow': {
    status: 408,
    title: 'The body did not arrive in time',
    cause: 'The connection stayed open, but the rest of the body did not come.',
    remedy: 'Send the whole body at once. The request has changed nothing and can be sent again.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    cause: 'The body has more bytes than this route accepts.',
    remedy: 'The detail states the limit. Split the request into several.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body has the wrong type',
    cause: 'The route does not accept the format in the header `Content-Type`.',
    remedy: 'The detail states the type to send, usually `application/json`.',
  },
  'incompatible-model': {
    status: 422,
    title: 'The model cannot read these queries',
    cause:
      'The model was not trained to read the queries: a picture for a text model, a larger vocabulary, ' +
      'or more positions than it has. Its answers would mean nothing.',
    remedy: 'The detail says what the model can read; its card has the full description.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The idempotency key belongs to another request',
    cause: 'A different request was stored with the same `Idempotency-Key`.',
    remedy: 'Use a new key for each request, and repeat a key only to repeat its request.',
  },
  'invalid-model': {
    status: 422,
    title: 'This model cannot be published',
    cause:
      'The card or a file cannot be served. `errors` lists every fault, such as a wrong digest, weights ' +
      'in other files, operators that no exported model has, or a model that fails to answer.',
    remedy: 'Export the model again with `npm run export`, and publish the folder unchanged.',
  },
  'too-much-work': {
    status: 422,
    title: 'The request needs too much computation',
    cause: 'The request needs more multiply-adds than one request may use.',
    remedy: 'The detail states how many queries or pairs are allowed. Split the request.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    cause: 'This client has sent more requests of this kind than one period allows.',
    remedy:
      'Wait for the seconds in `Retry-After`. `RateLimit-Policy` states how many requests (`q`) are ' +
      'allowed in how many seconds (`w`). A request with many queries counts as one.',
  },
  internal: {
    status: 500,
    title: 'The server failed',
    cause: 'An error of the server, which the request did not cause.',
    remedy: 'Try again. If the error persists, report the `X-Request-Id` of the response.',
  },
  'unknown-format': {
    status: 501,
    title: 'The format is not supported',
    cause: 'An oEmbed request asks for a format other than JSON and XML.',
    remedy: 'Send `format=json` or `format=xml`.',
  },
  'not-configured': {
    status: 501,
    title: 'This deployment does not have this feature',
    cause:
      'The request needs a bucket, a database or a workflow that this deployment does not have.',
    remedy: 'docs/deploy.md explains how to add one. All other routes work without it.',
  },
  'registry-unavailable': {
    status: 503,
    title: 'The registry does not answer',
    cause: 'The registry bucket fails at present, or concurrent changes of the model do not end.',
    remedy:
      'Wait for the seconds in `Retry-After` and try again. Shipped models still answer, as ' +
      '`{id}@shipped`.',
  },
  'history-unavailable': {
    status: 503,
    title: 'The history does not answer',
    cause: 'The history database fails at present, or its migrations have not been applied.',
    remedy: 'Wait for the seconds in `Retry-After` and try again. All other routes still work.',
  },
  'evaluations-unavailable': {
    status: 503,
    title: 'The evaluation could not be started',
    cause: 'The workflow engine did not take the evaluation.',
    remedy: 'Wait for the seconds in `Retry-After` and send the same request again.',
  },
  'model-unavailable': {
    status: 503,
    title: 'The model cannot be loaded',
    cause: 'A file of the model is missing, or differs from its card.',
    remedy: 'Wait for the seconds in `Retry-After` and try again. Other models still answer.',
  },
} as const satisfies Record<string, ProblemEntry>;

export type ProblemKind = keyof typeof PROBLEMS;

export const PROBLEM_KINDS = Object.keys(PROBLEMS) as [ProblemKind, ...ProblemKind[]];

const PAGES = '/problems/';

/**
 * The `type` of a kind: the address of its page. A relative reference (RFC 9457, 3.1.1), so that it is the
 * same for all deployments and still leads to a page of the one that answered.
 */
export const problemType = (kind: ProblemKind): string => `${PAGES}${kind}`;

/** The kind of a problem's `type`; a newer server may have kinds that are unknown here. */
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
    detail: z
      .string()
      .meta({ description: 'What is wrong with this request, and what is allowed.' }),
    errors: z
      .array(
        z.object({
          at: z.string().meta({ example: 'query.objects' }),
          detail: z.string().meta({ example: 'objects must be a whole number from 1 to 32' }),
        }),
      )
      .optional(),
    error: z.string().optional().meta({
      description: 'The detail again, only under `/v2`, as the Open Inference Protocol requires.',
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
  kind: z.string().meta({ example: 'unknown-model' }),
});

export const isProblemKind = (kind: string): kind is ProblemKind => Object.hasOwn(PROBLEMS, kind);
