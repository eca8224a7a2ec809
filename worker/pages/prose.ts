import { html } from 'hono/html';

/** Text in which parts between backquotes are code. */
export function prose(text: string) {
  return html`${text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
