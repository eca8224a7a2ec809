import './style.css';
import { SIZE_MESSAGE } from './size-message.ts';

/** The script of embeds: sends their height to the host page, at once and after each change. */

function sendHeight(): void {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  // Any site may frame the page, and its height is not confidential.
  parent.postMessage({ type: SIZE_MESSAGE, height }, '*');
}

if (parent !== window) {
  // At once, since browsers skip the layout of frames outside the viewport, and no observer would run.
  sendHeight();
  addEventListener('load', sendHeight);
  new ResizeObserver(sendHeight).observe(document.body);
  // The host requests the height where its script loads after this one.
  addEventListener('message', ({ data, source }: MessageEvent<unknown>) => {
    if (source === parent && data === SIZE_MESSAGE) sendHeight();
  });
}
