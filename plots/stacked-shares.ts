import { scaleBand } from 'd3-scale';
import { stack } from 'd3-shape';
import { OUTCOMES, type OutcomeShares } from '../contract/probes.ts';
import { axisTitle, shareAxis, SHARES } from './axes.ts';
import { RIGHT, type Panel } from './document.ts';
import { element, label, words, type Markup } from './svg.ts';

const { height: HEIGHT, left: LEFT } = SHARES;

type Outcome = (typeof OUTCOMES)[number];
interface LayerShares {
  readonly layer: number;
  readonly shares: OutcomeShares;
}

const NAMES: Readonly<Record<Outcome, string>> = {
  positional: 'same position',
  symbolic: 'same shape',
  reflexive: 'copied answer',
  none: 'unmoved',
  mixed: 'another item',
};

/** One bar a layer, cut into the outcomes. */
export function stackedShares(title: string, layers: readonly LayerShares[]): Panel {
  const names = layers.map(({ layer }) => String(layer));
  const x = scaleBand(names, [LEFT, RIGHT]).paddingInner(0.12);
  const { y, marks } = shareAxis();
  const stacked = stack<LayerShares, Outcome>()
    .keys(OUTCOMES)
    .value(({ shares }, outcome) => shares[outcome].accuracy)([...layers]);

  const bars = stacked.flatMap((series) =>
    series.map((span): Markup => {
      const { layer, shares } = span.data;
      const { right, count } = shares[series.key];
      return element(
        'rect',
        {
          class: series.key,
          x: x(String(layer)) ?? LEFT,
          width: x.bandwidth(),
          y: y(span[1]),
          height: y(span[0]) - y(span[1]),
        },
        element('title', {}, words(`layer ${layer}: ${NAMES[series.key]}, ${right} of ${count}`)),
      );
    }),
  );
  const ticks = names.map((name) =>
    label((x(name) ?? LEFT) + x.bandwidth() / 2, HEIGHT + 16, 'tick x', name),
  );
  const axis = axisTitle('residual stream before layer');
  return { title, height: HEIGHT + 40, body: [...marks, ...bars, ...ticks, axis] };
}

export function outcomeLegend(): Markup[] {
  const step = 142;
  return OUTCOMES.flatMap((outcome, place) => [
    element('rect', { class: outcome, x: place * step, y: 2, width: 12, height: 12, rx: 2 }),
    label(place * step + 18, 8, 'key', NAMES[outcome]),
  ]);
}
