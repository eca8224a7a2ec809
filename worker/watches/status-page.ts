import { html, raw } from 'hono/html';
import { statusPageSchema, type Watch } from '../../contract/watches.ts';
import {
  overviewOf,
  STATUS_LIMITS,
  type Differences,
  type WatchOverview,
} from '../../services/watches/status.ts';
import type { WatchStore } from '../../services/watches/watch-store.ts';
import { requireWatches } from '../../services/watches/watches.ts';
import { html as htmlResponse } from '../http/openapi-responses.ts';
import { publicUrl } from '../http/public-url.ts';
import { DOCUMENT } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import type { Document } from '../pages/document.ts';
import { textPage } from '../pages/text-page.ts';
import { PAGE_TEXTS } from '../pages/page-texts.ts';
import { shareHead } from '../pages/share-head.ts';
import { describeRuns, historyStrip } from './history-strip.ts';
import { nextPage } from '../http/next-page.ts';

export const statusPage = defineRoute({
  contract: {
    method: 'get',
    path: '/status',
    operationId: 'statusPage',
    tags: ['Pages'],
    summary: 'A page with the states of the watches, their histories and what changed',
    request: { query: statusPageSchema },
    responses: { 200: htmlResponse },
  },
  policy: DOCUMENT,
  handler:
    ({ watches }) =>
    async (c) => {
      const content = watches
        ? await contentOf(requireWatches(watches).store, c.req.valid('query').after)
        : html`<p>${NOT_CONFIGURED}</p>`;
      return c.html(pageOf(content, publicUrl(c.req)));
    },
});

/** @param after the last watch of the previous page */
async function contentOf(store: WatchStore, after: string | undefined) {
  const request = { after, limit: STATUS_LIMITS.watches };
  const list = await store.list(request);
  if (list.length === 0) return html`<p>${NO_WATCHES}</p>`;
  const next = nextPage('/status', request, list, 'after');
  const overviews = await overviewOf(store, list);
  return html`${overviews.map(watchSection)}
  ${next === null ? '' : html`<p><a href="${next}">More</a></p>`}`;
}

const NOT_CONFIGURED = 'This deployment has no watches: they need a database and a workflow.';
const NO_WATCHES = html`There are no watches. <code>bindscope watch add</code> checks a deployment
  against a baseline on a schedule.`;

const INTRO = html`<h1>Status</h1>
  <p class="lead">
    Deployed models that are checked against a baseline on a schedule. A state changes when two runs
    in a row find the same. <a href="/v1/watches">As JSON</a>
  </p>`;

function pageOf(content: Document['body'], base: URL) {
  const { title, description } = PAGE_TEXTS.status;
  const url = new URL('/status', base);
  const image = new URL('/preview/page.png?page=status', base);
  return textPage({
    title,
    description,
    head: shareHead({ title, description, url, image, embeddable: false }),
    intro: INTRO,
    content,
  });
}

function watchSection({ watch, runs, differences }: WatchOverview) {
  const { id, name, last } = watch;
  return html`<section id="${id}" aria-labelledby="name-${id}">
    <h2 id="name-${id}">${name}: ${watch.state ?? 'new'}</h2>
    <div class="scrollable" tabindex="0" role="region" aria-label="History of ${name}">
      ${raw(historyStrip(runs, STATUS_LIMITS.runs))}
    </div>
    <p>${describeRuns(runs)}. ${stateSentence(watch)}</p>
    ${last?.reason ? html`<p role="note">${last.reason}</p>` : ''}
    <p class="hint">
      ${watch.url === null ? 'The models of this deployment' : breakable(watch.url)}:
      ${watch.models.join(', ')}, with ${watch.objects.join(', ')} objects,
      ${intervalInWords(watch.every)}.
      <a href="/v1/watches/${id}/runs">Runs as JSON</a>
      ${
        last?.report
          ? html`<a href="/v1/watches/${id}/reports/${last.report}">Last report as JSON</a>`
          : ''
      }
    </p>
    ${differences ? differencesTable(name, differences, last?.flips ?? 0) : ''}
  </section>`;
}

function stateSentence({ since, candidate, running }: Watch) {
  const began =
    since === null
      ? ''
      : html`In this state since <time datetime="${since}">${timeText(since)}</time>.`;
  const other =
    candidate === null
      ? ''
      : ` A second run in a row that finds the same makes the state ${candidate}.`;
  return html`${began}${other}${running ? ' A run is under way.' : ''}`;
}

function differencesTable(name: string, { tests, answers }: Differences, flips: number) {
  const shown = answers.length < flips ? `, ${answers.length} of them below` : '';
  return html`<details>
    <summary>
      ${flips === 1 ? '1 answer differs' : `${flips} answers differ`} from the baseline
    </summary>
    ${
      tests.length > 0
        ? html`<ul>
            ${tests.map((test) => html`<li>${test}</li>`)}
          </ul>`
        : ''
    }
    <p class="hint">${flips} changed${shown}. A baseline keeps only whether an answer was right.</p>
    <div class="scrollable" tabindex="0" role="region" aria-label="Changed answers of ${name}">
      <table class="problems">
        <thead>
          <tr>
            <th scope="col">model</th>
            <th scope="col">asked about</th>
            <th scope="col">in the baseline</th>
            <th scope="col">now</th>
          </tr>
        </thead>
        <tbody>
          ${answers.map(
            ({ model, query, asked, before, now, lost }) =>
              html`<tr>
                <th scope="row">${model}</th>
                <td><a href="/v1/queries/${query}">${asked}</a></td>
                <td>${before} (${lost ? 'right' : 'wrong'})</td>
                <td>${now} (${lost ? 'wrong' : 'right'})</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

const UNITS = { m: 'minute', h: 'hour', d: 'day' } as const;

/** `every 15 minutes`, `every hour`. @param every such as `15m` (`everySchema`) */
function intervalInWords(every: string): string {
  const unit = Object.entries(UNITS).find(([letter]) => every.endsWith(letter))?.[1] ?? '';
  const count = Number(every.slice(0, -1));
  return count === 1 ? `every ${unit}` : `every ${count} ${unit}s`;
}

/** An address that may be broken into lines. */
const breakable = (url: string) => url.split(/(?<=[./-])/).map((part) => html`${part}<wbr />`);

const timeText = (time: string) => `${time.slice(0, 16).replace('T', ' ')} UTC`;
