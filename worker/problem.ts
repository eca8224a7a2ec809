import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** Every kind of error of the API; the slug ends the problem's `type` and never changes. */
const KINDS = {
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'invalid-request': { status: 400, title: 'The request has a bad parameter' },
  'not-found': { status: 404, title: 'There is nothing at this address' },
  'unknown-model': { status: 404, title: 'There is no such model' },
  'unknown-query': { status: 404, title: 'There is no such query' },
  'not-probed': { status: 404, title: 'The model has no such probe' },
  'method-not-allowed': { status: 405, title: 'This address does not answer that method' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be JSON' },
  'unsuitable-model': { status: 422, title: 'The model cannot read such queries' },
  'too-much-work': { status: 422, title: 'The request asks for too much work' },
  internal: { status: 500, title: 'The server failed' },
  'model-unavailable': { status: 503, title: 'The model cannot be loaded' },
} as const satisfies Record<string, { status: ContentfulStatusCode; title: string }>;

export type ProblemKind = keyof typeof KINDS;

/** One bad part of a request: where it stands and what is wrong with it. */
export interface InvalidPart {
  /** Part of the request, then the path in it, such as `query.objects` or `body.queries.0.ask`. */
  readonly at: string;
  readonly detail: string;
}

interface ProblemOptions extends ErrorOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly InvalidPart[];
}

/** An error that the client is told about, as `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';

  /** @param detail what is wrong with this very request, and what would be right */
  constructor(
    readonly kind: ProblemKind,
    readonly detail: string,
    private readonly options: ProblemOptions = {},
  ) {
    super(detail, options);
  }

  toResponse(): Response {
    const { status, title } = KINDS[this.kind];
    const { headers, errors } = this.options;
    const body = {
      type: `urn:bindscope:problem:${this.kind}`,
      title,
      status,
      detail: this.detail,
      ...(errors && { errors }),
    };
    return Response.json(body, {
      status,
      headers: { ...headers, 'content-type': 'application/problem+json' },
    });
  }
}

/** The problem of one bad part of a request. */
export function invalidPart(at: string, detail: string): Problem {
  return new Problem('invalid-request', detail, { errors: [{ at, detail }] });
}
