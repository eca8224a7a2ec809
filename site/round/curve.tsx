import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import type { Evaluation } from '../../contract/card.ts';
import { LIMITS } from '../../task/spec.ts';
import { signPath } from '../../plots/signs.ts';
import { seriesClass } from '../parts/marks.tsx';

export type CurvePoint = Pick<
  Evaluation['byObjects'][number],
  'objects' | 'right' | 'count' | 'accuracy' | 'interval'
>;

export interface Series {
  readonly model: string;
  /** Of the model among those of the deployment. */
  readonly place: number;
  readonly points: readonly CurvePoint[];
  /** Measured while someone looked on, beside what the card says. */
  readonly live: readonly CurvePoint[];
}

export interface CurveProps {
  readonly series: readonly Series[];
  /** The number of objects that is read off. */
  readonly at: number;
  readonly onPoint: (objects: number) => void;
}

// User units; the drawing scales to its container.
const WIDTH = 720;
const HEIGHT = 400;
const EDGE = { left: 54, right: 14, top: 34, bottom: 52 };

/** Doubling the objects is one step, so that what was trained on takes as much room as what was not. */
const x = scaleLog([2, LIMITS.objects], [EDGE.left, WIDTH - EDGE.right]);
const y = scaleLinear([0, 1], [HEIGHT - EDGE.bottom, EDGE.top]);
const TICKS = [2, 3, 4, 6, 8, 12, 16, 24, 32];
const LIMIT = x(Math.sqrt(LIMITS.inDistribution * (LIMITS.inDistribution + 1)));

const round = (value: number): number => Math.round(10 * value) / 10;
const pathOf = line<CurvePoint>(
  ({ objects }) => round(x(objects)),
  ({ accuracy }) => round(y(accuracy)),
);

/** Accuracy against number of objects, one line a model, 95 % intervals as bars. */
export function Curve({ series, at, onPoint }: CurveProps) {
  const counts = [...new Set(series.flatMap(({ points }) => points.map(({ objects }) => objects)))];
  const read = (event: PointerEvent) => {
    const drawing = event.currentTarget as SVGSVGElement;
    const { left, width } = drawing.getBoundingClientRect();
    const here = ((event.clientX - left) / width) * WIDTH;
    const gap = (objects: number) => Math.abs(x(objects) - here);
    onPoint(counts.reduce((best, objects) => (gap(objects) < gap(best) ? objects : best)));
  };
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label="Accuracy by number of objects; the table below the chart has all figures"
      onPointerMove={read}
      onPointerDown={read}
    >
      <rect
        class="beyond"
        x={round(LIMIT)}
        y={EDGE.top}
        width={round(WIDTH - EDGE.right - LIMIT)}
        height={HEIGHT - EDGE.top - EDGE.bottom}
      />
      {y.ticks(4).map((share) => (
        <g key={share} class="rule">
          <line x1={EDGE.left} x2={WIDTH - EDGE.right} y1={y(share)} y2={y(share)} />
          <text x={EDGE.left - 8} y={y(share)} dy="0.35em" text-anchor="end">
            {100 * share}
          </text>
        </g>
      ))}
      <text class="unit" x={EDGE.left - 8} y={EDGE.top - 16} text-anchor="end">
        %
      </text>
      {TICKS.map((objects) => (
        <text
          key={objects}
          class="tick"
          x={round(x(objects))}
          y={HEIGHT - EDGE.bottom + 20}
          text-anchor="middle"
        >
          {objects}
        </text>
      ))}
      <text class="axis" x={(EDGE.left + WIDTH) / 2} y={HEIGHT - 8} text-anchor="middle">
        objects in the scene
      </text>
      <text class="zone" x={round(LIMIT - 10)} y={EDGE.top - 14} text-anchor="end">
        as in training
      </text>
      <text class="zone" x={round(LIMIT + 10)} y={EDGE.top - 14}>
        beyond
      </text>
      <line
        class="limit"
        x1={round(LIMIT)}
        x2={round(LIMIT)}
        y1={EDGE.top - 26}
        y2={HEIGHT - EDGE.bottom}
      />
      <line
        class="cursor"
        x1={round(x(at))}
        x2={round(x(at))}
        y1={EDGE.top}
        y2={HEIGHT - EDGE.bottom}
      />
      {series.map((one) => (
        <SeriesLine key={one.model} {...one} at={at} />
      ))}
    </svg>
  );
}

function SeriesLine({ place, points, live, at }: Series & { at: number }) {
  return (
    <g class={seriesClass(place)}>
      <path class="line" d={pathOf(points) ?? ''} />
      {points.map((point) => (
        <g key={point.objects} class={point.objects === at ? 'point is-read' : 'point'}>
          <Interval {...point} />
          <path
            d={signPath(place)}
            transform={`translate(${round(x(point.objects))} ${round(y(point.accuracy))})`}
          />
        </g>
      ))}
      {live.map((point) => (
        <g key={point.objects} class="point is-live">
          <Interval {...point} />
          <path
            d={signPath(place, 130)}
            transform={`translate(${round(x(point.objects))} ${round(y(point.accuracy))})`}
          />
        </g>
      ))}
    </g>
  );
}

function Interval({ objects, interval: [low, high] }: CurvePoint) {
  return (
    <line x1={round(x(objects))} x2={round(x(objects))} y1={round(y(low))} y2={round(y(high))} />
  );
}
