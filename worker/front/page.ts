import { html } from 'hono/html';
import { totalBudget, type ModelCard } from '../../contract/card.ts';
import { document } from './document.ts';
import { accuracyChart, legendMarker, percent, type Series } from './chart.ts';
import { liveRound, type Round } from './round.ts';

export interface FrontPage {
  readonly cards: readonly ModelCard[];
  readonly round: Round | undefined;
  /** Where this deployment answers, for requests to paste. */
  readonly origin: string;
}

/** The whole page. It has no script: each of its states is an address. */
export function frontPage({ cards, round, origin }: FrontPage) {
  return document({
    title: 'bindscope',
    description: 'An evaluation API for small transformers that bind by position or by symbol.',
    body: html`<header>
        <p class="name">bindscope</p>
        <h1>Does it remember <em>where</em> things stood, or <em>what</em> they were bound to?</h1>
        <p class="lead">
          Small transformers answer one question from text and from pictures, here over HTTP: which
          item goes with the shape of this colour? One that learnt to go by position is lost once a
          scene is larger than any it was trained on; one that binds by symbol need not be.
        </p>
      </header>
      <main>${comparison(cards)} ${round ? liveRound(round) : ''} ${requests(cards, origin)}</main>
      <footer>
        <a href="/v1/models">Models</a> <a href="/reference">API reference</a>
        <a href="/problems">Problems</a> <a href="/openapi.json">OpenAPI</a>
        <span
          >After <a href="https://arxiv.org/abs/2602.15183">Seeing to Generalize</a> (ICML
          2026)</span
        >
      </footer>`,
  });
}

function comparison(cards: readonly ModelCard[]) {
  const measured = cards.flatMap((card) => {
    const result = textResult(card);
    return result ? [{ card, result }] : [];
  });
  if (measured.length === 0)
    return html`<p class="hint">No model of this deployment has been measured.</p>`;
  const series: Series[] = measured.map(({ card, result }) => ({
    model: card.id,
    points: result.byObjects,
  }));
  return html`<section>
    <h2>Accuracy on text</h2>
    ${accuracyChart(series)}
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">2 to 8 objects</th>
            <th scope="col">more than 8</th>
            <th scope="col">trained for</th>
          </tr>
        </thead>
        <tbody>
          ${measured.map(
            ({ card, result }, place) =>
              html`<tr>
                <th scope="row">
                  ${legendMarker(place)}<a href="/v1/models/${card.id}">${card.id}</a>
                </th>
                <td>${percent(result.id.accuracy)}</td>
                <td>
                  ${percent(result.ood.accuracy)} <small>${range(result.ood.interval)}</small>
                </td>
                <td>${totalBudget(card.training).steps.toLocaleString('en')} steps</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="hint">
      ${queryCounts(measured.map(({ card }) => card))} unseen queries for each number of objects,
      from the names that a model knows; bars are 95 % Wilson intervals.
    </p>
  </section>`;
}

/** `2,000`, or `2,000 to 4,000` where models were measured on more or less. */
function queryCounts(cards: readonly ModelCard[]): string {
  const counts = cards.map(({ evaluation }) => evaluation.queriesPerCount);
  const ends = [...new Set([Math.min(...counts), Math.max(...counts)])];
  return ends.map((count) => count.toLocaleString('en')).join(' to ');
}

/** Text with the associations in the context's order is what every model has been measured on. */
export const textResult = (card: ModelCard) =>
  card.evaluation.results.find(({ modality, order }) => modality === 'text' && order === 'context');

const range = ([low, high]: readonly [number, number]) =>
  `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)}`;

function requests(cards: readonly ModelCard[], origin: string) {
  const models = cards.slice(0, 2).map(({ id }) => id);
  const name = 'test.text.context.indirect.n12.v40-40-32.z0.g6.s0.i0.q0';
  const body = JSON.stringify({ models, queries: [name], top: 3 });
  const examples = [
    [
      'Compare the models on the same queries',
      `curl '${origin}/v1/compare?models=${models.join(',')}&objects=2,8,12&queries=96'`,
    ],
    ['Look at some queries', `curl '${origin}/v1/queries?objects=12&count=2'`],
    ['Ask one, by its name', `curl ${origin}/v1/predict --json '${body}'`],
  ];
  return html`<section>
    <h2>Three requests to paste</h2>
    ${examples.map(
      ([what, command]) =>
        html`<figure>
          <figcaption>${what}</figcaption>
          <pre tabindex="0"><code>${command}</code></pre>
        </figure>`,
    )}
  </section>`;
}
