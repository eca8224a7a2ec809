import { raw } from 'hono/html';
import type { EmbedMechanism } from '../../contract/embeds.ts';
import type { Locale } from '../../contract/theme-locale.ts';
import { OUTCOMES, type Interchange } from '../../contract/probes.ts';
import { SHARES } from '../../plots/axes.ts';
import { peakShares, describeMechanism, mechanismPanel } from '../../plots/mechanism.ts';
import {
  responsiveFigure,
  figureHeight,
  shareCell,
  table,
  tableHeight,
} from '../../plots/html-figure.ts';
import { outcomeLegend } from '../../plots/outcome-bars.ts';
import { concatMarkup, element, label, textNode, type Markup } from '../../plots/svg.ts';
import { FIGURE_LABELS } from '../../plots/labels.ts';
import { measuredMechanism } from '../../services/mechanism.ts';
import type { Models } from '../../services/models.ts';
import type { EmbedContent } from './embed-document.ts';

const LEGEND_ROW = 20;
const TITLE = 40;
const GAP = 24;
const PANEL = TITLE + SHARES.height + 40;

/** The embed `mechanism`: the outcomes of patching each layer, with a table of the peak layer. */
export async function mechanismEmbed(
  models: Models,
  request: EmbedMechanism,
): Promise<EmbedContent> {
  const { locale } = request;
  const found = await measuredMechanism(models, request);
  const said = FIGURE_LABELS[locale];
  const title = `${said.mechanismTitle} (${said.modalities[request.modality]})`;
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
    heightAt: (width) => figureHeight(width, draw) + tableHeight(width, found.length),
    body: raw(
      concatMarkup(
        element('h1', {}, textNode(title)),
        responsiveFigure(description, draw),
        table(
          [said.model, said.layerColumn, said.outcomes.positional, said.outcomes.symbolic],
          found.map(({ model, figures }) => [
            textNode(model),
            textNode(String(figures.peakLayer)),
            ...peakCells(figures, locale),
          ]),
        ),
        element('p', { class: 'hint' }, textNode(said.patchingNote)),
      ),
    ),
  };
}

function peakCells(figures: Interchange, locale: Locale): Markup[] {
  const shares = peakShares(figures);
  if (!shares) return [textNode('-'), textNode('-')];
  return [shareCell(shares.positional, locale), shareCell(shares.symbolic, locale)];
}
