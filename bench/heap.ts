import { readFileSync } from 'node:fs';
import { WebSocket } from 'undici';
import { z } from 'zod';
import { ImpossibleResult } from './result.ts';

/** What an isolate holds on to: its JavaScript by workerd's inspector, its WebAssembly by Linux' /proc. */

const usageSchema = z.object({
  id: z.literal(2),
  result: z.object({ usedSize: z.number() }),
});

/** The name under which the inspector lists the worker itself, beside those that serve it locally. */
const TARGET = '/core:user:bindscope';

/** How long the inspector may take; it was seen to leave a question without an answer. */
const PATIENCE = 30_000;

/**
 * Megabytes of JavaScript after collecting garbage, and of WebAssembly's memory, which only grows. What the inspector
 * calls backing storage is not used: it goes down while WebAssembly's memory grows.
 *
 * @param pid of a workerd that has run a model
 * @throws ImpossibleResult where it has no memory of WebAssembly
 */
export async function heldMegabytes(inspector: URL, pid: number): Promise<number> {
  const javascript = await heapBytes(inspector);
  const webAssembly = webAssemblyBytes(readFileSync(`/proc/${pid}/maps`, 'utf8'));
  if (webAssembly === 0) throw new ImpossibleResult('workerd has no memory of WebAssembly');
  return (javascript + webAssembly) / 1e6;
}

async function heapBytes(inspector: URL): Promise<number> {
  const socket = new WebSocket(new URL(TARGET, inspector));
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<number>((resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`the inspector did not answer in ${PATIENCE / 1000} s`));
      }, PATIENCE);
      socket.addEventListener('error', reject);
      socket.addEventListener('message', ({ data }) => {
        const usage = usageSchema.safeParse(JSON.parse(String(data)));
        if (usage.success) resolve(usage.data.result.usedSize);
      });
      socket.addEventListener('open', () => {
        socket.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' }));
        socket.send(JSON.stringify({ id: 2, method: 'Runtime.getHeapUsage' }));
      });
    });
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}

/** V8 reserves 4 GiB of addresses for each memory of WebAssembly, so that no index reaches anything else. */
const LEAST_RESERVED = 3 * 2 ** 30;
/** It reserves as many for the JavaScript heap, but from a multiple of 4 GiB to the next one. */
const CAGE = 2 ** 32;

/**
 * The bytes of WebAssembly memories that a process has.
 *
 * @param maps the text of `/proc/<pid>/maps` (proc(5))
 */
export function webAssemblyBytes(maps: string): number {
  const areas = Array.from(
    maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) (\S{4})/gm),
    ([, start = '', end = '', rights]) => ({
      start: parseInt(start, 16),
      end: parseInt(end, 16),
      rights,
    }),
  );
  let bytes = 0;
  /** Where adjacent writable areas begin and end: Linux may list one that has grown as several. */
  let writable = { start: 0, end: 0 };
  for (const { start, end, rights } of areas) {
    if (rights === 'rw-p') {
      writable = { start: start === writable.end ? writable.start : start, end };
    } else if (rights === '---p' && start === writable.end) {
      const isReserved = end - writable.start >= LEAST_RESERVED;
      if (isReserved && end % CAGE !== 0) bytes += writable.end - writable.start;
    }
  }
  return bytes;
}
