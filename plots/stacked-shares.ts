import { scaleBand } from 'd3-scale';
import { stack } from 'd3-shape';
import { OUTCOMES, type OutcomeShares } from '../contract/probes.ts';
import type { Locale } from '../contract/theme-locale.ts';
import { axisTitle, shareAxis, SHARES } from './axes.ts';
import { RIGHT, type Panel } from './document.ts';
import { element, label, words, type Markup } from './svg.ts';
import { outcomeBar } from './patterns.ts';
import { FIGURE_WORDS } from './labels.ts';

const { height: HEIGHT, left: LEFT } = SHARES;

type Outcome = (typeof OUTCOMES)[number];
interface LayerShares {
  readonly layer: number;
  readonly shares: OutcomeShares;
}

/** One bar a layer, cut into the outcomes. */
export function stackedShares(
  title: string,
  layers: readonly LayerShares[],
  locale: Locale = 'en',
  right = RIGHT,
): Panel {
  const said = FIGURE_WORDS[locale];
  const frame = { height: HEIGHT, left: LEFT, right };
  const names = layers.map(({ layer }) => String(layer));
  const x = scaleBand(names, [LEFT, right]).paddingInner(0.12);
  const { y, marks } = shareAxis(frame);
  const stacked = stack<LayerShares, Outcome>()
    .keys(OUTCOMES)
    .value(({ shares }, outcome) => shares[outcome].accuracy)([...layers]);

  const bars = stacked.flatMap((series) =>
    series.map((span): Markup => {
      const { layer, shares } = span.data;
      const { correct: moved, count } = shares[series.key];
      const tip = `${said.atLayer(layer)}: ${said.outcomes[series.key]}, ${said.of(moved, count)}`;
      const box = {
        x: x(String(layer)) ?? LEFT,
        width: x.bandwidth(),
        y: y(span[1]),
        height: y(span[0]) - y(span[1]),
      };
      return outcomeBar(series.key, box, element('title', {}, words(tip)));
    }),
  );
  const ticks = names.map((name) =>
    label((x(name) ?? LEFT) + x.bandwidth() / 2, HEIGHT + 16, 'tick x', name),
  );
  const axis = axisTitle(said.layer, frame);
  return { title, height: HEIGHT + 40, body: [...marks, ...bars, ...ticks, axis] };
}

/** @param perRow outcomes that stand side by side */
export function outcomeLegend(locale: Locale = 'en', perRow: number = OUTCOMES.length): Markup[] {
  const step = 142;
  return OUTCOMES.flatMap((outcome, place) => {
    const x = (place % perRow) * step;
    const y = 20 * Math.floor(place / perRow);
    return [
      outcomeBar(outcome, { x, y: y + 1, width: 14, height: 14 }),
      label(x + 20, y + 8, 'key', FIGURE_WORDS[locale].outcomes[outcome]),
    ];
  });
}
