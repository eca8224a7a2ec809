import type { Locale, Theme } from '../contract/theme-locale.ts';
import type { Interchange } from '../contract/probes.ts';
import { inFigures } from './accuracy.ts';
import { plotDocument } from './document.ts';
import { outcomeLegend, stackedShares } from './stacked-shares.ts';
import { FIGURE_WORDS } from './labels.ts';

/** What interchange found in a model. */
export interface ModelMechanism {
  readonly model: string;
  readonly figures: Interchange;
}

/** The bars of one model. @param right where they end, in user units */
export const mechanismPanel = (
  { model, figures: { layers, solved, objects } }: ModelMechanism,
  locale: Locale,
  right?: number,
) =>
  stackedShares(
    `${model} (${FIGURE_WORDS[locale].solved(solved, objects)})`,
    layers,
    locale,
    right,
  );

/** The outcomes at the layer where the two mechanisms together are most frequent. */
export function atPeak({ layers, peakLayer }: Interchange) {
  return layers.find(({ layer }) => layer === peakLayer)?.shares;
}

/** What can be read off, for those who cannot see it. */
export function describeMechanism(models: readonly ModelMechanism[], locale: Locale): string {
  const { atLayer, outcomes } = FIGURE_WORDS[locale];
  return models
    .map(({ model, figures }) => {
      const shares = atPeak(figures);
      if (!shares || figures.solved === 0) return `${model}: -.`;
      const { positional, symbolic } = shares;
      return (
        `${model}, ${atLayer(figures.peakLayer)}: ` +
        `${outcomes.positional} ${inFigures(positional, locale)}; ` +
        `${outcomes.symbolic} ${inFigures(symbolic, locale)}.`
      );
    })
    .join(' ');
}

export interface MechanismPlot {
  readonly models: readonly ModelMechanism[];
  readonly locale: Locale;
  readonly theme: Theme;
}

/** Models one below the other: of each layer, which outcomes a patch there has. */
export function plotMechanism({ models, locale, theme }: MechanismPlot): string {
  const text = {
    title: FIGURE_WORDS[locale].mechanism,
    description: describeMechanism(models, locale),
  };
  const panels = models.map((of) => mechanismPanel(of, locale));
  return plotDocument(text, panels, outcomeLegend(locale), theme);
}
