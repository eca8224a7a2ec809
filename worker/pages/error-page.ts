import { html } from 'hono/html';
import type { Problem } from '../../contract/problems.ts';
import { textPage } from './text-page.ts';

/** The page that a person sees instead of the one asked for. */
export function errorPage({ type, title, status, detail, errors }: Problem) {
  return textPage({
    title,
    description: detail,
    head: html`<meta name="robots" content="noindex" />`,
    intro: html`<h1>${title}</h1>
      <p class="lead">HTTP status ${status}</p>`,
    content: html`${
        errors
          ? html`<ul>
              ${errors.map(
                ({ at, detail: reason }) => html`<li><code>${at}</code>: ${reason}</li>`,
              )}
            </ul>`
          : html`<p>${detail}</p>`
      }
      <p><a href="/">To the front page</a>, or <a href="${type}">about this kind of error</a></p>`,
  });
}
