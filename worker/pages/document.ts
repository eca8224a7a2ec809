import { html } from 'hono/html';
import { SITE } from './site-manifest.ts';

type Content = ReturnType<typeof html>;

export interface Document {
  readonly title: string;
  readonly description: string;
  /** Elements of the head beyond those that every page has. */
  readonly head?: Content;
  readonly body: Content;
}

/** What every page for people begins and ends with. */
export function document({ title, description, head, body }: Document): Content {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="description" content="${description}" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${head ?? SITE.pages['style'].styles.map((url) => html`<link rel="stylesheet" href="${url}" />`)}
      </head>
      <body>
        ${body}
      </body>
    </html>`;
}
