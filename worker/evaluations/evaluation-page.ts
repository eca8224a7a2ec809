import { html } from 'hono/html';
import { evaluationPathSchema, type EvaluationResource } from '../../contract/evaluations.ts';
import { requireEvaluations } from '../../services/evaluations/evaluations.ts';
import type { Sweep } from '../../contract/interventions.ts';
import type { KnockoutResponse } from '../../contract/knockouts.ts';
import { mechanismOf } from '../../probes/interpretation.ts';
import { count as countText, interval as intervalText, percent } from '../../site/lib/format.ts';
import { MECHANISM_SENTENCES } from '../../site/models/words.ts';
import type { Proportion } from '../../statistics/intervals.ts';
import { html as htmlResponse } from '../http/openapi-responses.ts';
import { DOCUMENT } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { textPage } from '../pages/text-page.ts';

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
  const { id, state, label, created, progress, error, request } = evaluation;
  const { result, sweeps, knockouts } = evaluation;
  const runs = state === 'queued' || state === 'running';
  const title = `Evaluation ${id.slice(0, 12)}`;
  return textPage({
    title,
    description: 'The progress and the result of a long evaluation.',
    ...(runs && { head: html`<meta http-equiv="refresh" content="${REFRESH}" />` }),
    intro: html`<h1>${title}</h1>
      <p class="lead">
        ${request.models.join(', ')}: ${request.queries} queries with each of
        ${request.objects.join(', ')} objects, ${request.modality}, seed ${request.seed}.
        ${label === null ? '' : html`Label: ${label}.`}
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
      ${result ? resultTable(result) : ''} ${sweeps && sweeps.length > 0 ? sweepsTable(sweeps) : ''}
      ${knockouts && knockouts.length > 0 ? knockoutsTable(knockouts) : ''}`,
  });
}

/** Rows of one number of objects, under its heading: few columns fit on a phone. */
function resultTable({ models, queries }: NonNullable<EvaluationResource['result']>) {
  const groups = queries.objects.map((objects) => ({
    objects,
    rows: models.map(({ model, byObjects }) => {
      const share = byObjects.find((point) => point.objects === objects);
      return html`<tr>
        <th scope="row">${model}</th>
        <td>${share ? shareMarkup(share) : ''}</td>
      </tr>`;
    }),
  }));
  return html`<section>
    <h2>Accuracy, with 95 % intervals</h2>
    ${groupedTable('Accuracy', ['model', 'correct'], groups)}
  </section>`;
}

function sweepsTable(sweeps: readonly Sweep[]) {
  const groups = grouped(sweeps, ({ objects }) => objects, sweepRow);
  return html`<section>
    <h2>By place or by shape</h2>
    <p class="lead">
      A patch copies the activation of one layer from another prompt into the model. The shares are
      those of the layer at which most answers follow the place of the object or its shape.
    </p>
    ${groupedTable('By place or by shape', ['model', 'result', 'by place', 'by shape'], groups)}
    <details>
      <summary>In sentences, with the controls</summary>
      ${sweeps.map(({ model, summary }) => html`<p><b>${model}</b>. ${summary}</p>`)}
    </details>
  </section>`;
}

function sweepRow({ model, pairs, solved, peakLayer, layers }: Sweep) {
  const shares = solved > 0 ? layers.find(({ layer }) => layer === peakLayer)?.shares : undefined;
  const result = shares ? mechanismOf(shares) : 'unknown';
  const where = `${countText(solved)} of ${countText(pairs)} pairs solved${shares ? `, layer ${peakLayer}` : ''}`;
  return html`<tr>
    <th scope="row">${model}</th>
    <td>${MECHANISM_SENTENCES[result]} <small>${where}</small></td>
    <td>${shares ? shareMarkup(shares.positional) : '-'}</td>
    <td>${shares ? shareMarkup(shares.symbolic) : '-'}</td>
  </tr>`;
}

function knockoutsTable(knockouts: readonly KnockoutResponse[]) {
  const groups = grouped(knockouts, ({ queries }) => queries.objects, knockoutRow);
  const columns = ['model', 'attention cut', 'correct', 'with the cut'];
  return html`<section>
    <h2>Without some attention</h2>
    <p class="lead">
      A knockout keeps the tokens of one kind from attending to those of another, in some or all
      layers. The drop shows how much the answers depend on that attention.
    </p>
    ${groupedTable('Without some attention', columns, groups)}
    <details>
      <summary>In sentences, with the tests</summary>
      ${knockouts.map(({ model, summary }) => html`<p><b>${model}</b>. ${summary}</p>`)}
    </details>
  </section>`;
}

const knockoutRow = ({ model, from, to, layers, baseline, cut }: KnockoutResponse) =>
  html`<tr>
    <th scope="row">${model}</th>
    <td>${from} to ${to} <small>layers ${layers.join(' to ')}</small></td>
    <td>${shareMarkup(baseline)}</td>
    <td>${shareMarkup(cut.accuracy)}</td>
  </tr>`;

/** Rows by number of objects, in the order in which the numbers come. */
function grouped<T>(
  found: readonly T[],
  objectsOf: (one: T) => number,
  rowOf: (one: T) => ReturnType<typeof html>,
): RowGroup[] {
  return [...new Set(found.map(objectsOf))].map((objects) => ({
    objects,
    rows: found.filter((one) => objectsOf(one) === objects).map(rowOf),
  }));
}

interface RowGroup {
  readonly objects: number;
  readonly rows: readonly ReturnType<typeof html>[];
}

const groupedTable = (name: string, columns: readonly string[], groups: readonly RowGroup[]) =>
  html`<div class="scrollable" tabindex="0" role="region" aria-label="${name}">
    <table class="grouped">
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      ${groups.map(
        ({ objects, rows }) =>
          html`<tbody>
            <tr>
              <th scope="rowgroup" colspan="${columns.length}">${objects} objects</th>
            </tr>
            ${rows}
          </tbody>`,
      )}
    </table>
  </div>`;

const shareMarkup = ({ accuracy, interval, correct, count }: Proportion) =>
  html`<b>${percent(accuracy)}</b>
    <small>${intervalText(interval)}, ${countText(correct)} of ${countText(count)}</small>`;
