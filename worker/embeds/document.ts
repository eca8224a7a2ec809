import { html } from 'hono/html';
import type { Locale, Theme } from '../../contract/theme-locale.ts';
import { SITE } from '../pages/site-manifest.ts';
import { shareHead } from './share-head.ts';
import { EMBED_WORDS } from './labels.ts';

type Content = ReturnType<typeof html>;

/** What is known of an embed without making it. */
export interface EmbedOutline {
  readonly title: string;
  /** Pixels that the body takes below its heading, about: a frame's height before its page tells it. */
  readonly heightAt: (width: number) => number;
}

/** What an embed shows. */
export interface EmbedContent extends EmbedOutline {
  /** What can be read off it, in a sentence. */
  readonly description: string;
  readonly body: Content;
}

/** What an embed has around its body: heading, note, link back. */
const AROUND = 170;
const PADDING = 40;

export const embedHeight = ({ heightAt }: EmbedOutline, width: number): number =>
  Math.ceil(AROUND + heightAt(width - PADDING));

export interface EmbedDocument extends EmbedContent {
  /** Of the embed itself. */
  readonly url: URL;
  /** Of its picture. */
  readonly image: URL;
  /** The page of the site that shows the same and more. */
  readonly back: URL;
  readonly theme: Theme;
  readonly locale: Locale;
}

/** A page for a frame: a figure, a link back, and a script that tells the host how high it is. */
export function embedDocument(page: EmbedDocument): Content {
  const { title, description, body, back, theme, locale } = page;
  const { script, styles } = SITE.pages['embed'];
  return html`<!doctype html>
    <html lang="${locale}" data-theme="${theme}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="description" content="${description}" />
        <title>${title} - bindscope</title>
        <link rel="icon" href="data:," />
        ${shareHead({ ...page, embeddable: true })}
        ${styles.map((url) => html`<link rel="stylesheet" href="${url}" />`)}
        <link rel="stylesheet" href="/embed/figures.css" />
        <script type="module" src="${script}"></script>
      </head>
      <body>
        <main>${body}</main>
        <footer>
          <a href="${back.href}" target="_blank" rel="noopener">
            <b>bindscope</b><span class="link-text">${EMBED_WORDS[locale].back}</span>
          </a>
        </footer>
      </body>
    </html>`;
}
