import { SIZE_MESSAGE } from '../embed/size-message.ts';

/** Frames within the shadows of elements, which no query of the page finds. */
const shadowFrames = new Set<HTMLIFrameElement>();

/** Keeps frames of a deployment as high as the pages in them, wherever on this page they are. */
export function resizeFrames(origin: string): void {
  addEventListener('message', ({ data, origin: from, source }: MessageEvent<unknown>) => {
    const height = heightIn(data);
    if (from !== origin || height === undefined) return;
    const frame = [...document.querySelectorAll('iframe'), ...shadowFrames].find(
      ({ contentWindow }) => contentWindow === source,
    );
    if (frame) frame.style.height = `${height}px`;
  });
  // Pages that were there before this script have told nobody.
  for (const frame of document.querySelectorAll('iframe')) {
    if (frame.src.startsWith(`${origin}/`)) frame.contentWindow?.postMessage(SIZE_MESSAGE, '*');
  }
}

export function trackFrame(frame: HTMLIFrameElement): void {
  shadowFrames.add(frame);
}

export function untrackFrame(frame: HTMLIFrameElement): void {
  shadowFrames.delete(frame);
}

function heightIn(data: unknown): number | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  if (!('type' in data) || data.type !== SIZE_MESSAGE || !('height' in data)) return undefined;
  return typeof data.height === 'number' ? data.height : undefined;
}
