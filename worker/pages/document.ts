import { html } from 'hono/html';
import { filesOfPage, SITE } from './site-manifest.ts';

type Content = ReturnType<typeof html>;

export interface Document {
  /** Without the name of the site, which the document adds. */
  readonly title: string;
  readonly description: string;
  /** Elements of the head. */
  readonly head?: Content;
  /** Addresses of style sheets; by default that of the site. */
  readonly styles?: readonly string[];
  readonly body: Content;
}

const ICON_LINKS = html`<link rel="icon" href="/favicon.svg" type="image/svg+xml" />
  <link rel="icon" href="/favicon.ico" sizes="32x32" />
  <link rel="apple-touch-icon" href="/icons/180.png" />
  <link rel="manifest" href="/site.webmanifest" />`;

/** Text is set in the font only where it is there at once, so each page asks for it first. */
const FONTS = html`${SITE.fonts.map(
  (file) => html`<link rel="preload" href="${file}" as="font" type="font/woff2" crossorigin />`,
)}`;

/** The front page's begins with the name of the site. */
export const documentTitle = (title: string): string =>
  title.startsWith('bindscope:') ? title : `${title} - bindscope`;

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
        <title>${documentTitle(title)}</title>
        ${ICON_LINKS} ${FONTS} ${styles.map((url) => html`<link rel="stylesheet" href="${url}" />`)}
        ${head}
      </head>
      <body>
        ${body}
      </body>
    </html>`;
}
