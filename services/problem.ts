import type { z } from 'zod';
import {
  PROBLEMS,
  problemType,
  type ProblemKind,
  type problemSchema,
} from '../contract/problems.ts';

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

  /** @param inference whether a client of the Open Inference Protocol is told, which reads `error` */
  toResponse(inference: boolean): Response {
    return Response.json(this.toBody(inference), {
      status: PROBLEMS[this.kind].status,
      headers: { ...this.options.headers, 'content-type': 'application/problem+json' },
    });
  }

  toBody(inference: boolean): z.output<typeof problemSchema> {
    const { status, title } = PROBLEMS[this.kind];
    const { errors } = this.options;
    return {
      type: problemType(this.kind),
      title,
      status,
      detail: this.detail,
      ...(errors && { errors: [...errors] }),
      ...(inference && { error: this.detail }),
    };
  }
}

/** The problem of one bad part of a request. */
export function invalidPart(at: string, detail: string): Problem {
  return new Problem('invalid-request', detail, { errors: [{ at, detail }] });
}
