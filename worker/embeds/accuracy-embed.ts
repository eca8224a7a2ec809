import { raw } from 'hono/html';
import type { EmbedComparison } from '../../contract/embeds.ts';
import { describeAccuracy } from '../../plots/accuracy.ts';
import {
  comparisonMarkup,
  drawAccuracies,
  figureHeight,
  tableHeight,
} from '../../plots/html-figure.ts';
import { conditionTitle } from '../../plots/labels.ts';
import { measuredAccuracy } from '../../services/accuracy.ts';
import type { Models } from '../../services/models.ts';
import type { EmbedContent } from './embed-document.ts';

/** The embed `comparison`: accuracy by number of objects, with a table of the totals. */
export async function accuracyEmbed(
  models: Models,
  request: EmbedComparison,
): Promise<EmbedContent> {
  const { locale } = request;
  const accuracies = await measuredAccuracy(models, request);
  const draw = drawAccuracies(accuracies, locale);
  const rows = accuracies.models.length;
  return {
    title: conditionTitle(request, locale),
    description: describeAccuracy(accuracies, locale),
    heightAt: (width) => figureHeight(width, draw) + tableHeight(width, rows),
    body: raw(comparisonMarkup(accuracies, locale, 'h1')),
  };
}
