import { html, raw } from 'hono/html';
import { statusPageSchema, type Watch } from '../../contract/watches.ts';
import {
  overviewOf,
  STATUS_LIMITS,
  type Differences,
  type WatchOverview,
} from '../../services/watches/status.ts';
import { requireWatches } from '../../services/watches/watches.ts';
import { html as htmlResponse } from '../http/openapi-responses.ts';
import { DOCUMENT } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import type { Document } from '../pages/document.ts';
import { textPage } from '../pages/text-page.ts';
import { documentTitle } from '../pages/page-texts.ts';
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
      const request = { ...c.req.valid('query'), limit: STATUS_LIMITS.watches };
      if (!watches) return c.html(emptyPage(NOT_CONFIGURED));
      const { store } = requireWatches(watches);
      const list = await store.list(request);
      if (list.length === 0) return c.html(emptyPage(NO_WATCHES));
      const next = nextPage('/status', request, list, 'after');
      return c.html(pageOf(await overviewOf(store, list), next));
    },
});

const NOT_CONFIGURED = 'This deployment has no watches: they need a database and a workflow.';
const NO_WATCHES = html`There are no watches. <code>bindscope watch add</code> checks a deployment
  against a baseline on a schedule.`;

const INTRO = html`<h1>Status</h1>
  <p class="lead">
    Deployed models that are checked against a baseline on a schedule. A state changes after two
    runs in a row that agree. <a href="/v1/watches">As JSON</a>
  </p>`;

const emptyPage = (content: string | Document['body']) =>
  textPage({ ...HEAD, intro: INTRO, content: html`<p>${content}</p>` });

const HEAD = {
  title: documentTitle('Status'),
  description: 'Whether the watched models still answer as well as their baselines.',
};

const pageOf = (overviews: readonly WatchOverview[], next: string | null) =>
  textPage({
    ...HEAD,
    intro: INTRO,
    content: html`${overviews.map(watchSection)}
    ${next === null ? '' : html`<p><a href="${next}">More</a></p>`}`,
  });

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
      ${watch.models.join(', ')}, with ${watch.objects.join(', ')} objects, every ${watch.every}.
      <a href="/v1/watches/${id}/runs">Runs</a>
      ${last?.report ? html`<a href="/v1/watches/${id}/reports/${last.report}">Report</a>` : ''}
    </p>
    ${differences ? differencesTable(name, differences, last?.flips ?? 0) : ''}
  </section>`;
}

function stateSentence({ since, candidate, running }: Watch) {
  const began =
    since === null
      ? ''
      : html`In this state since <time datetime="${since}">${timeText(since)}</time>.`;
  const other = candidate === null ? '' : ` The last run found: ${candidate}; one more decides.`;
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

/** An address that may be broken into lines. */
const breakable = (url: string) => url.split(/(?<=[./-])/).map((part) => html`${part}<wbr />`);

const timeText = (time: string) => `${time.slice(0, 16).replace('T', ' ')} UTC`;
