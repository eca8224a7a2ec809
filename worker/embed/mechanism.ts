import { html } from 'hono/html';
import type { EmbedMechanism } from '../../contract/embeds.ts';
import { OUTCOMES } from '../../contract/probes.ts';
import { SHARES } from '../../plots/axes.ts';
import { atPeak, describeMechanism, mechanismPanel } from '../../plots/mechanism.ts';
import { outcomeLegend } from '../../plots/stacked-shares.ts';
import { element, label, type Markup } from '../../plots/svg.ts';
import { FIGURE_WORDS } from '../../plots/words.ts';
import { measuredMechanism } from '../mechanism.ts';
import type { Models } from '../models.ts';
import { shareCell } from './comparison.ts';
import type { EmbedContent } from './document.ts';
import { figure, heightIn, tableHeight } from './figure.ts';

const LEGEND_ROW = 20;
const TITLE = 40;
const GAP = 24;
const PANEL = TITLE + SHARES.height + 40;

/** Of each layer, where a patch there moves the answer; and the layer that matters most, in figures. */
export async function mechanismEmbed(
  models: Models,
  request: EmbedMechanism,
): Promise<EmbedContent> {
  const { locale } = request;
  const found = await measuredMechanism(models, request);
  const said = FIGURE_WORDS[locale];
  const title = `${said.mechanism} (${said.contexts[request.modality]})`;
  const description = describeMechanism(found, locale);

  const draw = (width: number) => {
    const perRow = width < 600 ? 2 : OUTCOMES.length;
    const top = LEGEND_ROW * Math.ceil(OUTCOMES.length / perRow) + GAP / 2;
    const panels = found.map((of, place): Markup => {
      const { title: name, body } = mechanismPanel(of, locale, width);
      return element(
        'g',
        { transform: `translate(0 ${top + place * (PANEL + GAP)})` },
        label(0, 18, 'panel', name),
        element('g', { transform: `translate(0 ${TITLE})` }, ...body),
      );
    });
    return {
      height: top + found.length * (PANEL + GAP) - GAP,
      body: [...outcomeLegend(locale, perRow), ...panels],
    };
  };
  return {
    title,
    description,
    heightAt: (width) => heightIn(width, draw) + tableHeight(width, found.length),
    body: html`<h1>${title}</h1>
      ${figure(description, draw)}
      <table>
        <thead>
          <tr>
            <th scope="col">${said.model}</th>
            <th scope="col">${said.peak}</th>
            <th scope="col">${said.outcomes.positional}</th>
            <th scope="col">${said.outcomes.symbolic}</th>
          </tr>
        </thead>
        <tbody>
          ${found.map(({ model, figures }) => {
            const shares = atPeak(figures);
            return html`<tr>
              <th scope="row">${model}</th>
              <td>${figures.peakLayer}</td>
              <td>${shares ? shareCell(shares.positional, locale) : '-'}</td>
              <td>${shares ? shareCell(shares.symbolic, locale) : '-'}</td>
            </tr>`;
          })}
        </tbody>
      </table>
      <p class="hint">${said.patchIntervals}</p>`,
  };
}
