import { html } from 'hono/html';
import { evaluationPathSchema, type EvaluationResource } from '../../contract/evaluations.ts';
import { requireEvaluations } from '../../services/evaluations/evaluations.ts';
import {
  formatPercent,
  formatPercentInterval,
  formatSignificant,
} from '../../statistics/format.ts';
import { html as htmlResponse } from '../http/openapi-responses.ts';
import { DOCUMENT } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { textPage } from '../pages/text-page.ts';
import { documentTitle } from '../pages/page-texts.ts';

/** Seconds after which a page of an evaluation that runs loads itself again. */
const REFRESH = 5;

export const evaluationPage = defineRoute({
  contract: {
    method: 'get',
    path: '/evaluations/{id}',
    operationId: 'evaluationPage',
    tags: ['Pages'],
    summary: 'A page with the progress of an evaluation, and its result',
    request: { params: evaluationPathSchema },
    responses: { 200: htmlResponse },
  },
  policy: DOCUMENT,
  handler:
    ({ evaluations }) =>
    async (c) => {
      const evaluation = await requireEvaluations(evaluations).store.get(c.req.valid('param').id);
      return c.html(pageOf(evaluation));
    },
});

function pageOf(evaluation: EvaluationResource) {
  const { id, state, created, progress, error, request, result, sweeps } = evaluation;
  const runs = state === 'queued' || state === 'running';
  const title = `Evaluation ${id.slice(0, 12)}`;
  return textPage({
    title: documentTitle(title),
    description: 'The progress and the result of a long evaluation.',
    ...(runs && { head: html`<meta http-equiv="refresh" content="${REFRESH}" />` }),
    intro: html`<h1>${title}</h1>
      <p class="lead">
        ${request.models.join(', ')}: ${request.queries} queries with each of
        ${request.objects.join(', ')} objects, ${request.modality}, seed ${request.seed}.
      </p>`,
    content: html`<section>
        <h2>State: ${state}</h2>
        <p>
          <label>
            ${progress.done} of ${progress.total} parts are done.
            <progress max="${progress.total}" value="${progress.done}"></progress>
          </label>
        </p>
        ${error === null ? '' : html`<p role="alert">${error}</p>`}
        <p>
          Started
          <time datetime="${created}">${created.slice(0, 16).replace('T', ' ')} UTC</time>.
          ${runs ? `This page loads itself again every ${REFRESH} seconds.` : ''}
          <a href="/v1/evaluations/${id}">As JSON</a>
        </p>
      </section>
      ${result ? resultTable(result) : ''} ${sweeps && sweeps.length > 0 ? sweepsTable(sweeps) : ''}`,
  });
}

function resultTable({ models, queries }: NonNullable<EvaluationResource['result']>) {
  return html`<section>
    <h2>Accuracy, with 95 % intervals</h2>
    <div class="scrollable" tabindex="0" role="region" aria-label="Accuracy">
      <table class="problems">
        <thead>
          <tr>
            <th scope="col">model</th>
            ${queries.objects.map((objects) => html`<th scope="col">${objects} objects</th>`)}
          </tr>
        </thead>
        <tbody>
          ${models.map(
            ({ model, byObjects }) =>
              html`<tr>
                <th scope="row">${model}</th>
                ${byObjects.map(
                  ({ accuracy, interval }) =>
                    html`<td>${formatPercent(accuracy)} ${formatPercentInterval(interval)}</td>`,
                )}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function sweepsTable(sweeps: NonNullable<EvaluationResource['sweeps']>) {
  return html`<section>
    <h2>Sweeps</h2>
    <div class="scrollable" tabindex="0" role="region" aria-label="Sweeps">
      <table class="problems">
        <thead>
          <tr>
            <th scope="col">model</th>
            <th scope="col">objects</th>
            <th scope="col">pairs solved</th>
            <th scope="col">peak layer</th>
            <th scope="col">symbolic : positional there</th>
          </tr>
        </thead>
        <tbody>
          ${sweeps.map(
            ({ model, objects, pairs, solved, peakLayer, ratioAtPeak }) =>
              html`<tr>
                <th scope="row">${model}</th>
                <td>${objects}</td>
                <td>${solved} of ${pairs}</td>
                <td>${peakLayer}</td>
                <td>${formatSignificant(ratioAtPeak.ratio)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${sweeps.map(({ summary }) => html`<p>${summary}</p>`)}
  </section>`;
}
