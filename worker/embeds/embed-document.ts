import { html } from 'hono/html';
import type { Locale, Theme } from '../../contract/theme-locale.ts';
import { documentTitle } from '../pages/document.ts';
import { shareHead } from '../pages/share-head.ts';
import { filesOfPage } from '../pages/site-manifest.ts';
import { EMBED_WORDS } from './labels.ts';

type Content = ReturnType<typeof html>;

/** What is known of an embed without running a model. */
export interface EmbedOutline {
  readonly title: string;
  /** Approximate height of the body in pixels, without its heading, for frames that do not resize. */
  readonly heightAt: (width: number) => number;
}

export interface EmbedContent extends EmbedOutline {
  /** What the embed shows, in one sentence. */
  readonly description: string;
  readonly body: Content;
}

/** Pixels of the heading, the note and the link. */
const SURROUNDINGS = 170;
const PADDING = 40;

export const embedHeight = ({ heightAt }: EmbedOutline, width: number): number =>
  Math.ceil(SURROUNDINGS + heightAt(width - PADDING));

export interface EmbedDocument extends EmbedContent {
  /** Of the embed itself. */
  readonly url: URL;
  /** Of its picture. */
  readonly image: URL;
  /** Of the page that shows the same in full. */
  readonly page: URL;
  readonly theme: Theme;
  readonly locale: Locale;
}

/** A page for a frame: a figure, a link to the site, and a script that reports the height to the host. */
export function embedDocument(embed: EmbedDocument): Content {
  const { title, description } = embed;
  return embedShell({
    ...embed,
    head: html`<meta name="description" content="${description}" />
      ${shareHead({ ...embed, embeddable: true })}`,
    title: documentTitle(title),
  });
}

interface EmbedShell extends Pick<EmbedDocument, 'title' | 'body' | 'page' | 'theme' | 'locale'> {
  readonly head: Content;
}

/** What every page for a frame has: styles, the script, and the link. */
export function embedShell({ title, head, body, page, theme, locale }: EmbedShell): Content {
  const { script, styles } = filesOfPage('embed');
  return html`<!doctype html>
    <html lang="${locale}" data-theme="${theme}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        ${head} ${styles.map((url) => html`<link rel="stylesheet" href="${url}" />`)}
        <link rel="stylesheet" href="/embed/figures.css" />
        <script type="module" src="${script}"></script>
      </head>
      <body>
        <main>${body}</main>
        <footer>
          <a href="${page.href}" target="_blank" rel="noopener">
            <b>bindscope</b><span class="link-text">${EMBED_WORDS[locale].link}</span>
          </a>
        </footer>
      </body>
    </html>`;
}
