import type { Evaluation } from '../../contract/card.ts';
import {
  accuracyCurves,
  accuracyScales,
  CURVES_TOP_MARGIN,
  curvesHeight,
  type Curves,
} from '../../plots/accuracy.ts';
import { markerPath } from '../../plots/markers.ts';
import { seriesClass } from '../../plots/palette.ts';
import { concatMarkup, roundCoordinate } from '../../plots/svg.ts';
import { LIMITS } from '../../task/spec.ts';

export type CurvePoint = Pick<
  Evaluation['byObjects'][number],
  'objects' | 'correct' | 'count' | 'accuracy' | 'interval'
>;

export interface Series {
  readonly model: string;
  /** Index of the model in the deployment. */
  readonly displayIndex: number;
  readonly points: readonly CurvePoint[];
  /** Measured on this page, unlike `points`, which are from the card. */
  readonly live: readonly CurvePoint[];
}

export interface CurveProps {
  readonly series: readonly Series[];
  /** Numbers of objects that can be selected. */
  readonly counts: readonly number[];
  /** The selected number of objects. */
  readonly objects: number;
  readonly onSelect: (objects: number) => void;
}

/** Both are drawn, and CSS shows the one that keeps its text legible. */
const SIZES = [
  { name: 'wide', width: 720, height: 400 },
  { name: 'narrow', width: 340, height: 250 },
] as const;

/** Accuracy by number of objects, as in figures; pointing selects a number of objects. */
export function Curve(props: CurveProps) {
  return (
    <div>
      {SIZES.map((size) => (
        <Drawing key={size.name} {...props} size={size} />
      ))}
    </div>
  );
}

function Drawing({
  series,
  counts,
  objects,
  onSelect,
  size,
}: CurveProps & { size: (typeof SIZES)[number] }) {
  const curves: Curves = {
    models: series.map(({ model, displayIndex, points }) => ({
      model,
      displayIndex,
      byObjects: points,
    })),
    inDistribution: LIMITS.inDistribution,
  };
  const { x, y } = accuracyScales(curves, size);
  const select = (event: PointerEvent) => {
    const drawing = event.currentTarget as SVGSVGElement;
    const { left, width } = drawing.getBoundingClientRect();
    const pointer = ((event.clientX - left) / width) * size.width;
    const distance = (option: number) => Math.abs(x(option) - pointer);
    onSelect(counts.reduce((best, option) => (distance(option) < distance(best) ? option : best)));
  };
  const mark = (point: CurvePoint, displayIndex: number, kind: 'is-selected' | 'is-live') => {
    const left = roundCoordinate(x(point.objects));
    const [low, high] = point.interval;
    return (
      <g key={`${kind} ${point.objects}`} class={seriesClass(displayIndex)}>
        <line
          class="whisker"
          x1={left}
          x2={left}
          y1={roundCoordinate(y(low))}
          y2={roundCoordinate(y(high))}
        />
        <path
          class={kind}
          d={markerPath(displayIndex, kind === 'is-live' ? 130 : 72)}
          transform={`translate(${left} ${roundCoordinate(y(point.accuracy))})`}
        />
      </g>
    );
  };
  const cursor = roundCoordinate(x(objects));
  return (
    <svg
      class={`chart curves ${size.name}`}
      viewBox={`0 ${-CURVES_TOP_MARGIN} ${size.width} ${curvesHeight(size)}`}
      role="img"
      aria-label="Accuracy by number of objects; the table below the chart has all values"
      onPointerMove={select}
      onPointerDown={select}
    >
      <g
        dangerouslySetInnerHTML={{ __html: concatMarkup(...accuracyCurves(curves, 'en', size)) }}
      />
      <line class="cursor" x1={cursor} x2={cursor} y1={0} y2={size.height} />
      {series.map(({ displayIndex, points, live }) => [
        ...points
          .filter((one) => one.objects === objects)
          .map((one) => mark(one, displayIndex, 'is-selected')),
        ...live.map((one) => mark(one, displayIndex, 'is-live')),
      ])}
    </svg>
  );
}
