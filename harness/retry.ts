/**
 * Sends a request as browsers do, which send it again where the connection closes before an answer
 * comes (RFC 9110, 9.2.2): on a busy machine a client may send just when workerd closes what seems idle.
 *
 * @param send makes the request anew each time
 * @returns the answer, and how many connections were lost on the way
 */
export async function sendAgain<T>(send: () => Promise<T>): Promise<{ answer: T; lost: number }> {
  for (let lost = 0; ; lost++) {
    try {
      return { answer: await send(), lost };
    } catch (error) {
      if (!wasClosed(error) || lost === 3) throw error;
    }
  }
}

const CLOSED: readonly string[] = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];

function wasClosed(error: unknown): boolean {
  if (!(error instanceof Error) || !(error.cause instanceof Error)) return false;
  const { cause } = error;
  return 'code' in cause && CLOSED.includes(String(cause.code));
}
