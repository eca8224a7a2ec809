import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Response } from 'miniflare';

/** What happens to reads of assets whose path ends so. */
export type Fault = 'missing' | 'failing' | 'held' | 'truncated' | 'broken-off';

/** The assets binding over a folder, with faults that can come and go. */
export class FaultyAssets {
  readonly faults = new Map<string, Fault>();
  /** Reads of each path. */
  readonly reads = new Map<string, number>();
  readonly #held: (() => void)[] = [];

  constructor(private readonly directory: string) {}

  /** Ends all faults, and answers the reads that were held. */
  release(): void {
    this.faults.clear();
    for (const answer of this.#held.splice(0)) answer();
  }

  /** To be bound as a service. */
  readonly serve = async (request: { url: string }): Promise<Response> => {
    const { pathname } = new URL(request.url);
    this.reads.set(pathname, (this.reads.get(pathname) ?? 0) + 1);
    const fault = Array.from(this.faults).find(([end]) => pathname.endsWith(end))?.[1];
    if (fault === 'missing') return new Response(null, { status: 404 });
    if (fault === 'failing') return new Response('out of order', { status: 500 });
    if (fault === 'held') await new Promise<void>((resolve) => this.#held.push(resolve));
    const content = await readFile(join(this.directory, pathname)).catch(() => undefined);
    if (!content) return new Response(null, { status: 404 });
    if (fault === 'truncated') return new Response(content.subarray(0, content.length / 2));
    if (fault === 'broken-off') return new Response(brokenOff(content));
    return new Response(content);
  };
}

/** Half of the bytes, then an error in place of the end. */
function brokenOff(content: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(content.subarray(0, content.length / 2));
      controller.error(new Error('the connection broke off'));
    },
  });
}
