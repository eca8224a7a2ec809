/**
 * Events as lines of JSON (NDJSON), each sent as soon as it is there.
 *
 * @returns a stream whose cancellation ends the generator
 */
export function ndjsonStream(events: AsyncGenerator<unknown, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await events.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
      // workerd sends data only when the worker waits, so this lets each line leave at once.
      await scheduler.wait(0);
    },
    async cancel() {
      await events.return();
    },
  });
}
