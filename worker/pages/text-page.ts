import { raw } from 'hono/html';
import { renderTextPage } from '../../site/server.js';
import { document, type Document } from './document.ts';

export interface TextPage extends Omit<Document, 'body'> {
  /** The heading and what stands with it. */
  readonly intro: Document['body'];
  /** Sections. */
  readonly content: Document['body'];
}

/** The document of a page without a script, with the header and the footer of all pages. */
export async function textPage({ intro, content, ...page }: TextPage) {
  const body = renderTextPage(String(await intro), String(await content));
  return document({ ...page, body: raw(body) });
}
