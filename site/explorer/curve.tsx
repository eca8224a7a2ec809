import type { Evaluation } from '../../contract/card.ts';
import {
  CURVES_TOP_MARGIN,
  accuracyCurves,
  accuracyScales,
  curvesHeight,
  type Curves,
} from '../../plots/accuracy.ts';
import { seriesClass } from '../../plots/palette.ts';
import { markerPath } from '../../plots/markers.ts';
import { LIMITS } from '../../task/spec.ts';

export type CurvePoint = Pick<
  Evaluation['byObjects'][number],
  'objects' | 'correct' | 'count' | 'accuracy' | 'interval'
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
  /** Numbers of objects that can be read off. */
  readonly counts: readonly number[];
  /** The number of objects that is read off. */
  readonly at: number;
  readonly onPoint: (objects: number) => void;
}

/** Drawn for both, and shown where there is room: words must stay legible. */
const ROOMS = [
  { name: 'wide', width: 720, height: 400 },
  { name: 'narrow', width: 340, height: 250 },
] as const;

/** Accuracy against number of objects, as in figures elsewhere, to be read off by pointing. */
export function Curve(props: CurveProps) {
  return (
    <div>
      {ROOMS.map((room) => (
        <Drawing key={room.name} {...props} room={room} />
      ))}
    </div>
  );
}

function Drawing({
  series,
  counts,
  at,
  onPoint,
  room,
}: CurveProps & { room: (typeof ROOMS)[number] }) {
  const curves: Curves = {
    models: series.map(({ model, place, points }) => ({ model, place, byObjects: points })),
    inDistribution: LIMITS.inDistribution,
  };
  const { x, y } = accuracyScales(curves, room);
  const read = (event: PointerEvent) => {
    const drawing = event.currentTarget as SVGSVGElement;
    const { left, width } = drawing.getBoundingClientRect();
    const here = ((event.clientX - left) / width) * room.width;
    const gap = (objects: number) => Math.abs(x(objects) - here);
    onPoint(counts.reduce((best, objects) => (gap(objects) < gap(best) ? objects : best)));
  };
  const mark = (point: CurvePoint, place: number, sort: 'is-read' | 'is-live') => {
    const [across, low, high] = [x(point.objects), ...point.interval.map(y)].map(round);
    return (
      <g key={`${sort} ${point.objects}`} class={seriesClass(place)}>
        <line class="whisker" x1={across} x2={across} y1={low} y2={high} />
        <path
          class={sort}
          d={markerPath(place, sort === 'is-live' ? 130 : 72)}
          transform={`translate(${across} ${round(y(point.accuracy))})`}
        />
      </g>
    );
  };
  return (
    <svg
      class={`chart curves ${room.name}`}
      viewBox={`0 ${-CURVES_TOP_MARGIN} ${room.width} ${curvesHeight(room)}`}
      role="img"
      aria-label="Accuracy by number of objects; the table below the chart has all figures"
      onPointerMove={read}
      onPointerDown={read}
    >
      <g dangerouslySetInnerHTML={{ __html: accuracyCurves(curves, 'en', room).join('') }} />
      <line class="cursor" x1={round(x(at))} x2={round(x(at))} y1={0} y2={room.height} />
      {series.map(({ place, points, live }) => [
        ...points.filter(({ objects }) => objects === at).map((one) => mark(one, place, 'is-read')),
        ...live.map((one) => mark(one, place, 'is-live')),
      ])}
    </svg>
  );
}

const round = (value: number): number => Math.round(10 * value) / 10;
