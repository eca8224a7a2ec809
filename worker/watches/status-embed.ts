import { html, raw } from 'hono/html';
import { embedStatusSchema, type EmbedStatus, type Watch } from '../../contract/watches.ts';
import { STATUS_LIMITS } from '../../services/watches/status.ts';
import type { WatchStore } from '../../services/watches/watch-store.ts';
import { requireWatches } from '../../services/watches/watches.ts';
import { embedShell } from '../embeds/embed-document.ts';
import { html as htmlResponse, notModified } from '../http/openapi-responses.ts';
import { publicUrl } from '../http/public-url.ts';
import { EMBED } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { describeRuns, historyStrip } from './history-strip.ts';
import { STATUS_WORDS, type StatusWords } from './status-words.ts';

/** Half a day of hourly runs: the strip fits into a column. */
const RUNS = 24;

export const embedStatus = defineRoute({
  contract: {
    method: 'get',
    path: '/embed/status',
    operationId: 'embedStatus',
    tags: ['Embeds'],
    summary: 'Embed the states of watches',
    description: 'A page for a frame on any site. It reports its height to the host page.',
    request: { query: embedStatusSchema },
    responses: { 200: htmlResponse, 304: notModified },
  },
  policy: EMBED,
  handler:
    ({ watches }) =>
    async (c) => {
      const { store } = requireWatches(watches);
      const request = c.req.valid('query');
      const { theme, locale, watch: id } = request;
      const words = STATUS_WORDS[locale];
      const { title, description } = words;
      const page = new URL(id === undefined ? '/status' : `/status#${id}`, publicUrl(c.req));
      const head = html`<meta name="description" content="${description}" />`;
      const body = await bodyOf(store, request, words);
      return c.html(embedShell({ title, head, body, page, theme, locale }), 200);
    },
});

/** @throws ServiceError where there is no such watch */
async function bodyOf(store: WatchStore, { watch: id }: EmbedStatus, words: StatusWords) {
  const watches =
    id === undefined ? await store.list({ limit: STATUS_LIMITS.watches }) : [await store.get(id)];
  const shown = await Promise.all(watches.map((watch) => watchMarkup(store, watch, words)));
  return html`<h1>${words.title}</h1>
    ${shown.length > 0 ? shown : html`<p>${words.none}</p>`}`;
}

async function watchMarkup(store: WatchStore, watch: Watch, words: StatusWords) {
  const { id, name, state, since } = watch;
  const runs = (await store.runs(id, { limit: RUNS })).reverse();
  const began =
    since === null
      ? ''
      : html`, ${words.since} <time datetime="${since}">${since.slice(0, 10)}</time>`;
  return html`<section aria-label="${name}">
    <p><b>${name}</b>: ${words.states[state ?? 'new']}${began}</p>
    <figure>
      ${raw(historyStrip(runs, RUNS, words))}
      <figcaption>${describeRuns(runs, words)}</figcaption>
    </figure>
  </section>`;
}
