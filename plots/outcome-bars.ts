import { OUTCOMES, type OutcomeShares } from '../contract/probes.ts';
import type { Locale } from '../contract/theme-locale.ts';
import { axisTitle, shareAxis, SHARES, type Frame } from './axes.ts';
import { widthOf, type FigureStyle, type Legend, type Panel } from './document.ts';
import { FIGURE_LABELS, outcomeWithTerm, type Outcome } from './labels.ts';
import { outcomeBar } from './patterns.ts';
import { element, label, textNode, type Markup } from './svg.ts';

/** Bars stacked from the outcomes of patching, one bar per layer: in figures and on pages. */

export interface LayerOutcomes {
  readonly layer: number;
  /** Shares from 0 to 1; together at most 1. */
  readonly shares: Readonly<Record<Outcome, number>>;
  /** Numbers of pairs, for tooltips; without them, tooltips have only the outcome. */
  readonly counts?: OutcomeShares;
}

/** Share of a bar's step that is free between two bars. */
const GAP = 0.12;

/** The horizontal extent of each bar, with gaps between them, in user units. */
export function barPositions(bars: number, { left, right }: Pick<Frame, 'left' | 'right'>) {
  const step = (right - left) / Math.max(1, bars - GAP);
  return { x: (bar: number) => left + bar * step, width: step * (1 - GAP) };
}

/** The chart: axis, bars and the numbers of the layers. */
export function outcomeBars(
  layers: readonly LayerOutcomes[],
  frame: Frame,
  locale: Locale,
): Markup[] {
  const labels = FIGURE_LABELS[locale];
  const { y, marks } = shareAxis(frame);
  const { x, width } = barPositions(layers.length, frame);
  const bars = layers.flatMap(({ layer, shares, counts }, index) => {
    let below = 0;
    return OUTCOMES.flatMap((outcome): Markup[] => {
      const [bottom, top] = [y(below), y((below += shares[outcome]))];
      if (bottom <= top) return [];
      const { correct, count } = counts?.[outcome] ?? {};
      const pairs =
        correct === undefined || count === undefined
          ? ''
          : `, ${labels.partOfTotal(correct, count)}`;
      const tooltip = `${labels.atLayer(layer)}: ${outcomeWithTerm(outcome, locale)}${pairs}`;
      const box = { x: x(index), width, y: top, height: bottom - top };
      return [outcomeBar(outcome, box, element('title', {}, textNode(tooltip)))];
    });
  });
  const ticks = layers.map(({ layer }, index) =>
    label(x(index) + width / 2, frame.height + 16, 'tick x', String(layer)),
  );
  return [...marks, ...bars, ...ticks, axisTitle(labels.layerAxis, frame)];
}

/** A layer's measured shares as parts of a bar. */
export const layerOutcomes = ({
  layer,
  shares,
}: {
  readonly layer: number;
  readonly shares: OutcomeShares;
}): LayerOutcomes => ({
  layer,
  counts: shares,
  shares: {
    positional: shares.positional.accuracy,
    symbolic: shares.symbolic.accuracy,
    reflexive: shares.reflexive.accuracy,
    unchanged: shares.unchanged.accuracy,
    other: shares.other.accuracy,
  },
});

/** The chart as a panel of a figure. @param right its right edge, in user units */
export function outcomePanel(
  title: string,
  layers: readonly { readonly layer: number; readonly shares: OutcomeShares }[],
  locale: Locale,
  right: number,
): Panel {
  const frame = { ...SHARES, right };
  const body = outcomeBars(layers.map(layerOutcomes), frame, locale);
  return { title, height: SHARES.height + 40, body };
}

/** A bar of an outcome in a legend, in a square of 14 units. */
export const outcomeKey = (outcome: Outcome, x = 0, y = 0): Markup =>
  outcomeBar(outcome, { x, y, width: 14, height: 14 });

const LEGEND_STEP = 142;
const LEGEND_ROW = 20;

/** The legend of a figure, in as many rows as it needs. */
export function figureLegend(style: FigureStyle): Legend {
  const fitting = Math.floor((widthOf(style) - 24) / LEGEND_STEP);
  const perRow = Math.max(1, Math.min(OUTCOMES.length, fitting));
  return {
    height: LEGEND_ROW * Math.ceil(OUTCOMES.length / perRow),
    body: outcomeLegend(style.locale, perRow),
  };
}

/** @param perRow outcomes per row */
export function outcomeLegend(locale: Locale, perRow: number = OUTCOMES.length): Markup[] {
  return OUTCOMES.map((outcome, index) => {
    const x = (index % perRow) * LEGEND_STEP;
    const y = LEGEND_ROW * Math.floor(index / perRow);
    return element(
      'g',
      {},
      element('title', {}, textNode(outcomeWithTerm(outcome, locale))),
      outcomeKey(outcome, x, y + 1),
      label(x + 20, y + 8, 'key', FIGURE_LABELS[locale].outcomes[outcome]),
    );
  });
}
