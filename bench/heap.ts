import { WebSocket } from 'undici';
import { z } from 'zod';

/** What an isolate holds on to, asked of workerd's inspector. */

const usageSchema = z.object({
  id: z.literal(2),
  result: z.object({ usedSize: z.number(), backingStorageSize: z.number() }),
});

/** The name under which the inspector lists the worker itself, beside those that serve it locally. */
const TARGET = '/core:user:bindscope';

/** Megabytes that are left after collecting garbage: JavaScript, and buffers with WebAssembly's memory. */
export async function heldMegabytes(inspector: URL): Promise<number> {
  const socket = new WebSocket(new URL(TARGET, inspector));
  try {
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    const answered = new Promise<number>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        const usage = usageSchema.safeParse(JSON.parse(String(data)));
        if (!usage.success) return;
        const { usedSize, backingStorageSize } = usage.data.result;
        resolve((usedSize + backingStorageSize) / 1e6);
      });
    });
    socket.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' }));
    socket.send(JSON.stringify({ id: 2, method: 'Runtime.getHeapUsage' }));
    return await answered;
  } finally {
    socket.close();
  }
}
