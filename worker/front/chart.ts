import { html } from 'hono/html';
import type { ModelCard } from '../../contract/card.ts';
import { LIMITS } from '../../task/spec.ts';

/** A model's accuracy by number of objects. */
export interface Series {
  readonly model: string;
  readonly points: ModelCard['evaluation']['results'][number]['byObjects'];
}

// User units; the drawing scales to its container.
const WIDTH = 720;
const HEIGHT = 340;
const LEFT = 56;
const RIGHT = WIDTH - 14;
const TOP = 34;
const BOTTOM = HEIGHT - 62;

const MOST = LIMITS.objects;
const TICKS = [2, 4, 8, 12, 16, 24, 32];
const SHARES = [0, 0.25, 0.5, 0.75, 1];

/** Doubling the objects is one step, so that what was trained on takes as much room as what was not. */
const x = (objects: number): number =>
  LEFT + ((RIGHT - LEFT) * Math.log2(objects / 2)) / Math.log2(MOST / 2);
const y = (share: number): number => BOTTOM - share * (BOTTOM - TOP);
const at = (value: number): string => value.toFixed(1);

/** Accuracy against number of objects, one line a model, 95 % intervals as bars. */
export function accuracyChart(series: readonly Series[]) {
  const border = x(Math.sqrt(LIMITS.inDistribution * (LIMITS.inDistribution + 1)));
  return html`<svg
    class="chart"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-labelledby="chart-title"
  >
    <title id="chart-title">${describe(series)}</title>
    <rect
      class="beyond"
      x="${at(border)}"
      y="${TOP}"
      width="${at(RIGHT - border)}"
      height="${BOTTOM - TOP}"
    />
    ${SHARES.map(
      (share) =>
        html`<line
            class="grid"
            x1="${LEFT}"
            x2="${RIGHT}"
            y1="${at(y(share))}"
            y2="${at(y(share))}"
          />
          <text class="tick" x="${LEFT - 8}" y="${at(y(share))}" dy="0.35em" text-anchor="end"
            >${100 * share}<tspan class="unit"> %</tspan></text
          >`,
    )}
    ${TICKS.map(
      (objects) =>
        html`<text
          class="tick"
          x="${at(x(objects))}"
          y="${BOTTOM + 8}"
          dy="1em"
          text-anchor="middle"
          >${objects}</text
        >`,
    )}
    <text class="axis" x="${(LEFT + RIGHT) / 2}" y="${HEIGHT - 14}" text-anchor="middle">
      objects in the scene
    </text>
    <text class="zone" x="${at(border - 10)}" y="${TOP - 12}" text-anchor="end">
      as in training
    </text>
    <text class="zone" x="${at(border + 10)}" y="${TOP - 12}">beyond training</text>
    <line class="border" x1="${at(border)}" x2="${at(border)}" y1="${TOP - 24}" y2="${BOTTOM}" />
    ${series.map(({ points }, place) => lineOf(points, place))}
  </svg>`;
}

function lineOf(points: Series['points'], place: number) {
  const path = points.map(({ objects, accuracy }) => `${at(x(objects))},${at(y(accuracy))}`);
  return html`<g class="series-${place % 4}">
    <polyline points="${path.join(' ')}" />
    ${points.map(
      ({ objects, accuracy, interval: [low, high], right, count }) =>
        html`<g>
          <title>${objects} objects: ${right} of ${count} right</title>
          <line
            x1="${at(x(objects))}"
            x2="${at(x(objects))}"
            y1="${at(y(low))}"
            y2="${at(y(high))}"
          />
          ${marker(place, x(objects), y(accuracy))}
        </g>`,
    )}
  </g>`;
}

const MARKERS = [
  'M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0Z',
  'M-5-5H5V5H-5Z',
  'M0-6L6 5H-6Z',
  'M0-6L6 0L0 6L-6 0Z',
];

/** A different shape for each series, since colour alone does not tell everyone. */
function marker(place: number, left: number, top: number) {
  const path = MARKERS[place % MARKERS.length];
  return html`<path class="marker" d="${path}" transform="translate(${at(left)} ${at(top)})" />`;
}

/** The marker of a series, for the text around the chart. */
export function legendMarker(place: number) {
  return html`<svg class="legend series-${place % 4}" viewBox="-8 -8 16 16" aria-hidden="true">
    ${marker(place, 0, 0)}
  </svg>`;
}

function describe(series: readonly Series[]): string {
  const lines = series.map(({ model, points }) => {
    const values = points.map(({ objects, accuracy }) => `${objects}: ${percent(accuracy)}`);
    return `${model}, by number of objects: ${values.join(', ')}`;
  });
  return `Accuracy on text. ${lines.join('. ')}.`;
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
