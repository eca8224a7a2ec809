import { problemKind, type Problem } from '../contract/problems.ts';

/** A problem (RFC 9457) that the API answered with. */
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

/** There was no response: the address is wrong, the network is down, or the time limit was reached. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** The response does not match the contract: the server is not bindscope, or another version of it. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
}
