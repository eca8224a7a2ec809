import { problemKind, type Problem } from '../contract/problems.ts';

/** What the API answers instead of a result: a problem of RFC 9457. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  /** The last part of the problem's type, such as `unknown-model`. */
  readonly kind: string;

  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.kind = problemKind(problem.type);
  }

  get status(): number {
    return this.problem.status;
  }
}

/** No answer came: the address is wrong, the network down, or the time was up. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** An answer came, but not one that the contract allows: this is no bindscope, or another version. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
}
