import { SIZE_MESSAGE } from '../embed/size-message.ts';

/** Frames in shadow roots, which `document.querySelectorAll` does not find. */
const shadowFrames = new Set<HTMLIFrameElement>();

/** Sets the height of a deployment's frames to the height of their pages. */
export function resizeFrames(origin: string): void {
  addEventListener('message', ({ data, origin: from, source }: MessageEvent<unknown>) => {
    const height = heightIn(data);
    if (height === undefined) return;
    const frame = [...document.querySelectorAll('iframe'), ...shadowFrames].find(
      ({ contentWindow }) => contentWindow === source,
    );
    // A frame with the attribute sandbox has no origin, but its source does not change with its content.
    const isOurs = from === origin || (from === 'null' && frame?.src.startsWith(`${origin}/`));
    if (frame && isOurs) frame.style.height = `${height}px`;
  });
  // Frames that loaded before this script have to send their height again.
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
