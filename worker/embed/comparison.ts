import { html, raw } from 'hono/html';
import type { EmbedComparison } from '../../contract/embeds.ts';
import type { Locale } from '../../contract/looks.ts';
import type { Proportion } from '../../inference/statistics.ts';
import {
  accuracyCurves,
  ACCURACY_ROOM,
  describeAccuracy,
  marker,
  seriesClass,
} from '../../plots/accuracy.ts';
import { element } from '../../plots/svg.ts';
import { countIn, FIGURE_WORDS, intervalIn, percentIn, titleOf } from '../../plots/words.ts';
import { measuredAccuracy } from '../accuracy.ts';
import type { Models } from '../models.ts';
import type { EmbedContent } from './document.ts';
import { figure, heightIn, tableHeight } from './figure.ts';

/** Accuracy by number of objects, and a table of what it comes to. */
export async function comparisonEmbed(
  models: Models,
  request: EmbedComparison,
): Promise<EmbedContent> {
  const { locale } = request;
  const { models: series, inDistribution } = await measuredAccuracy(models, request);
  const said = FIGURE_WORDS[locale];
  const title = titleOf(request, locale);
  const description = describeAccuracy(series, locale);
  const draw = (width: number) => ({
    height: ACCURACY_ROOM.height,
    body: [
      element(
        'g',
        { transform: `translate(0 ${ACCURACY_ROOM.above})` },
        ...accuracyCurves(series, locale, width),
      ),
    ],
  });
  return {
    title,
    description,
    heightAt: (width) => heightIn(width, draw) + tableHeight(width, series.length),
    body: html`<h1>${title}</h1>
      ${figure(description, draw)}
      <table>
        <thead>
          <tr>
            <th scope="col">${said.model}</th>
            <th scope="col">${said.upTo(inDistribution)}</th>
            <th scope="col">${said.moreThan(inDistribution)}</th>
          </tr>
        </thead>
        <tbody>
          ${series.map(
            ({ model, place, id, ood }) =>
              html`<tr>
                <th scope="row">${key(place)}${model}</th>
                <td>${shareCell(id, locale)}</td>
                <td>${shareCell(ood, locale)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      <p class="hint">${said.intervals}</p>`,
  };
}

/** The sign that a model's points have. */
const key = (place: number) =>
  html`<svg class="key-sign" viewBox="-8 -8 16 16" aria-hidden="true">
    ${raw(element('g', { class: seriesClass(place) }, marker(place, 0, 0)))}
  </svg>`;

/** A share with its interval and its counts. */
export function shareCell({ accuracy, interval, right, count }: Proportion, locale: Locale) {
  const counts = `${countIn(locale, right)} / ${countIn(locale, count)}`;
  return html`${percentIn(locale, accuracy)}
    <small>${intervalIn(locale, interval)} <span class="counts">${counts}</span></small>`;
}
