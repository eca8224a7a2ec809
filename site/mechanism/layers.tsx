import { scaleBand, scaleLinear } from 'd3-scale';
import { stack } from 'd3-shape';
import { OUTCOMES } from '../../contract/probes.ts';
import { percent } from '../lib/format.ts';
import { OUTCOME_WORDS, type Outcome } from './outcomes.ts';

export interface LayerShares {
  readonly layer: number;
  /** Shares of 1. */
  readonly shares: Readonly<Record<Outcome, number>>;
}

export interface LayersProps {
  readonly title: string;
  readonly layers: readonly LayerShares[];
  readonly selected?: number;
  readonly onSelect?: (layer: number) => void;
}

const WIDTH = 520;
const HEIGHT = 250;
const EDGE = { left: 44, right: 4, top: 8, bottom: 46 };

/** One bar a layer, cut into outcomes; each has a pattern of its own beside its colour. */
export function Layers({ title, layers, selected, onSelect }: LayersProps) {
  const x = scaleBand(
    layers.map(({ layer }) => layer),
    [EDGE.left, WIDTH - EDGE.right],
  ).paddingInner(0.14);
  const y = scaleLinear([0, 1], [HEIGHT - EDGE.bottom, EDGE.top]);
  const stacked = stack<LayerShares, Outcome>()
    .keys(OUTCOMES)
    .value(({ shares }, outcome) => shares[outcome])([...layers]);
  return (
    <svg class="chart layers" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title}>
      {[0, 0.5, 1].map((share) => (
        <g key={share} class="rule">
          <line x1={EDGE.left - 4} x2={WIDTH} y1={y(share)} y2={y(share)} />
          <text x={EDGE.left - 8} y={y(share)} dy="0.35em" text-anchor="end">
            {100 * share}
          </text>
        </g>
      ))}
      {stacked.map((series) =>
        series.map((span) => {
          const { layer } = span.data;
          const height = y(span[0]) - y(span[1]);
          if (height <= 0) return null;
          return (
            <rect
              key={`${series.key} ${layer}`}
              class={`outcome ${series.key}`}
              x={x(layer)}
              width={x.bandwidth()}
              y={y(span[1])}
              height={height}
            />
          );
        }),
      )}
      {layers.map(({ layer }) => (
        <g key={layer} class={layer === selected ? 'layer is-read' : 'layer'}>
          <rect
            class="hit"
            x={x(layer)}
            width={x.bandwidth()}
            y={y(1)}
            height={y(0) - y(1)}
            onClick={
              onSelect &&
              (() => {
                onSelect(layer);
              })
            }
          />
          <text
            x={(x(layer) ?? 0) + x.bandwidth() / 2}
            y={HEIGHT - EDGE.bottom + 18}
            text-anchor="middle"
          >
            {layer}
          </text>
        </g>
      ))}
      <text x={(EDGE.left + WIDTH) / 2} y={HEIGHT - 6} text-anchor="middle">
        residual stream before layer
      </text>
    </svg>
  );
}

/** The patterns, once a page. */
export function Legend() {
  return (
    <ul class="legend">
      {OUTCOMES.map((outcome) => (
        <li key={outcome}>
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <rect class={`outcome ${outcome}`} width="20" height="20" />
          </svg>
          <b>{OUTCOME_WORDS[outcome].name}</b> {OUTCOME_WORDS[outcome].meaning}
        </li>
      ))}
      <li aria-hidden="true" class="defs">
        <svg>
          <defs>
            <pattern
              id="hatch"
              width="7"
              height="7"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <rect class="paint" width="7" height="7" />
              <rect class="gap" width="1.6" height="7" />
            </pattern>
            <pattern id="dots" width="7" height="7" patternUnits="userSpaceOnUse">
              <rect class="paint" width="7" height="7" />
              <circle class="gap" cx="3.5" cy="3.5" r="1.3" />
            </pattern>
          </defs>
        </svg>
      </li>
    </ul>
  );
}

/** The same as a table. */
export function LayersTable({ layers }: Pick<LayersProps, 'layers'>) {
  return (
    <details>
      <summary>As a table</summary>
      <div class="wide" tabIndex={0} role="group" aria-label="Outcomes by layer, as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">layer</th>
              {OUTCOMES.map((outcome) => (
                <th key={outcome} scope="col">
                  {OUTCOME_WORDS[outcome].name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {layers.map(({ layer, shares }) => (
              <tr key={layer}>
                <th scope="row">{layer}</th>
                {OUTCOMES.map((outcome) => (
                  <td key={outcome}>{percent(shares[outcome])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
