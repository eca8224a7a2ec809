import { html } from 'hono/html';
import { filesOfPage } from './site-manifest.ts';

type Content = ReturnType<typeof html>;

export interface Document {
  readonly title: string;
  readonly description: string;
  /** Elements of the head. */
  readonly head?: Content;
  /** Addresses of style sheets; by default that of the site. */
  readonly styles?: readonly string[];
  readonly body: Content;
}

/** The HTML document of a page. */
export function document({
  title,
  description,
  head,
  styles = filesOfPage('style').styles,
  body,
}: Document): Content {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="description" content="${description}" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${styles.map((url) => html`<link rel="stylesheet" href="${url}" />`)} ${head}
      </head>
      <body>
        ${body}
      </body>
    </html>`;
}
