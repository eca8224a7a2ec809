import type { Interchange } from '../contract/probes.ts';
import type { Locale } from '../contract/theme-locale.ts';
import { shareWithInterval } from './accuracy.ts';
import { plotDocument, rightOf, type FigureStyle } from './document.ts';
import { FIGURE_LABELS, outcomeWithTerm } from './labels.ts';
import { figureLegend, outcomePanel } from './outcome-bars.ts';

/** The interchange results of a model. */
export interface ModelMechanism {
  readonly model: string;
  readonly figures: Interchange;
}

/** The bars of one model. @param right their right edge, in user units */
export const mechanismPanel = (
  { model, figures: { layers, solved, objects } }: ModelMechanism,
  locale: Locale,
  right: number,
) => {
  const title = `${model} (${FIGURE_LABELS[locale].pairsAndObjects(solved, objects)})`;
  return outcomePanel(title, layers, locale, right);
};

/** The shares at the layer with the most positional and symbolic outcomes together. */
export function peakShares({ layers, peakLayer }: Interchange) {
  return layers.find(({ layer }) => layer === peakLayer)?.shares;
}

/** The content of the figure in words. */
export function describeMechanism(models: readonly ModelMechanism[], locale: Locale): string {
  return models
    .map(({ model, figures }) => {
      const shares = peakShares(figures);
      if (!shares || figures.solved === 0) return `${model}: -.`;
      const { positional, symbolic } = shares;
      return (
        `${model}, ${FIGURE_LABELS[locale].atLayer(figures.peakLayer)}: ` +
        `${outcomeWithTerm('positional', locale)} ${shareWithInterval(positional, locale)}; ` +
        `${outcomeWithTerm('symbolic', locale)} ${shareWithInterval(symbolic, locale)}.`
      );
    })
    .join(' ');
}

export interface MechanismPlot {
  readonly models: readonly ModelMechanism[];
  readonly style: FigureStyle;
}

/** A figure with one panel per model: the outcomes of patching, by layer. */
export function plotMechanism({ models, style }: MechanismPlot): string {
  const { locale } = style;
  const text = {
    title: FIGURE_LABELS[locale].mechanismTitle,
    description: describeMechanism(models, locale),
  };
  const panels = models.map((model) => mechanismPanel(model, locale, rightOf(style)));
  return plotDocument(text, panels, figureLegend(style), style);
}
