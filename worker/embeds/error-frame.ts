import { html } from 'hono/html';
import { EMBED_KINDS } from '../../contract/embeds.ts';
import type { Problem } from '../../contract/problems.ts';
import type { Locale, Theme } from '../../contract/theme-locale.ts';
import { FIGURE_LABELS } from '../../plots/labels.ts';
import { EMBEDS } from './addresses.ts';
import { embedShell } from './embed-document.ts';

export interface ErrorFrame {
  /** The address of the embed. */
  readonly url: URL;
  readonly theme: Theme;
  readonly locale: Locale;
}

/** A small page for a frame that says why the embed is not shown, with a link to the site. */
export function errorFrame({ detail }: Problem, { url, theme, locale }: ErrorFrame) {
  const kind = EMBED_KINDS.find((candidate) => EMBEDS[candidate].path === url.pathname);
  const { notShown } = FIGURE_LABELS[locale];
  return embedShell({
    title: notShown,
    head: html`<meta name="description" content="${detail}" />`,
    body: html`<h1>${notShown}</h1>
      <p lang="en">${detail}</p>`,
    page: new URL(kind ? EMBEDS[kind].page : '/', url),
    theme,
    locale,
  });
}
