import { html } from 'hono/html';

/** A sentence in which `code` stands between backquotes. */
export function prose(text: string) {
  return html`${text
    .split('`')
    .map((part, place) => (place % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
