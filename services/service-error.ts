import type { ProblemKind } from '../contract/problems.ts';

/** One invalid part of a request. */
export interface InvalidPart {
  /** Part of the request, then the path in it, such as `query.objects` or `body.queries.0.asked`. */
  readonly at: string;
  readonly detail: string;
}

interface ServiceErrorOptions extends ErrorOptions {
  readonly errors?: readonly InvalidPart[];
  readonly retryAfterSeconds?: number;
}

/** A request that is refused, or that cannot be answered now. Clients see everything but the cause. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly errors: readonly InvalidPart[] | undefined;
  /** When the same request may succeed; undefined where waiting does not help. */
  readonly retryAfterSeconds: number | undefined;

  /** @param detail what is wrong with this request, and what is allowed */
  constructor(
    readonly kind: ProblemKind,
    readonly detail: string,
    options: ServiceErrorOptions = {},
  ) {
    super(detail, options);
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** The error of a request with one invalid part. */
export function invalidPart(at: string, detail: string): ServiceError {
  return new ServiceError('invalid-request', detail, { errors: [{ at, detail }] });
}
