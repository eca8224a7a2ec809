import './style.css';
import { SIZE_MESSAGE } from './size-message.ts';

/** The script of pages in frames: tells the host how high the page is, at once and when it changes. */

function sendHeight(): void {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  // Any site may frame the page, and a height is no secret.
  parent.postMessage({ type: SIZE_MESSAGE, height }, '*');
}

if (parent !== window) {
  // Browsers do not lay out frames that are out of sight, unless asked to: no observer would tell.
  sendHeight();
  addEventListener('load', sendHeight);
  new ResizeObserver(sendHeight).observe(document.body);
  // A host whose script came later asks.
  addEventListener('message', ({ data, source }: MessageEvent<unknown>) => {
    if (source === parent && data === SIZE_MESSAGE) sendHeight();
  });
}
