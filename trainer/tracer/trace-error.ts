/** A function that cannot be traced; the message names the op, and the line that used it. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
}
