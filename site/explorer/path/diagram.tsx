import { COLOURS } from '../../../task/colours.ts';
import { elementAt } from '../../../task/element-at.ts';
import { objectNames, type Query } from '../../../task/query.ts';
import { SHAPES } from '../../../task/shapes.ts';
import type { Modality } from '../../../task/spec.ts';
import { ShapeIcon } from '../../components/marks.tsx';
import { effectLabel, readBefore, type PathArrow } from './arrows.ts';
import { arrowEnds, curve, labelled, type Point } from './geometry.ts';

export interface DiagramProps {
  readonly query: Query;
  readonly modality: Modality;
  readonly grid: number;
  readonly arrows: readonly PathArrow[];
  /** The arrows show what has been read before this layer. */
  readonly layer: number;
  /** Index of the token whose arrow is cut. */
  readonly cut: number | null;
  /** The item that is answered, cut or not. */
  readonly answered: number | null;
  readonly onCut: (token: number) => void;
}

/** The question, the first list or the picture, and the second list, with arrows to what the answer needs. */
export function Diagram(props: DiagramProps) {
  const { query, modality, grid, arrows, layer, cut, answered, onCut } = props;
  const { scene, object: asked } = query;
  const { colour } = objectNames(elementAt(scene.objects, asked));
  const ends = arrows.map((arrow) => arrowEnds(arrow, arrows, query, grid));
  const hasLabel = labelled(
    ends.map(({ to }) => to),
    scene.objects.length,
  );
  const drawn = arrows.map((arrow, index) => ({
    arrow,
    ...elementAt(ends, index),
    isCut: arrow.token.index === cut,
    read: readBefore(arrow.token, layer),
    label: hasLabel[index] ? effectLabel(arrow.token.effect) : '',
  }));
  return (
    // The table below has the same in words.
    <div class={`path-diagram is-${modality}`} aria-hidden="true">
      <svg class="path-lines" viewBox="0 0 100 100" preserveAspectRatio="none">
        {drawn.map(({ arrow, from, to, isCut, read }) => (
          <g
            key={arrow.token.index}
            class={`arrow by-${arrow.kind}${isCut ? ' is-cut' : ''}`}
            onClick={() => {
              onCut(arrow.token.index);
            }}
          >
            <path class="hit" d={curve(from, to)} />
            <path class="ghost" d={curve(from, to)} />
            <path
              class="line"
              d={curve(from, to)}
              stroke-width={isCut ? 0 : read * (1.5 + 5 * arrow.token.effect)}
            />
          </g>
        ))}
      </svg>
      <p class="path-question">
        <b>{colour}?</b>
      </p>
      {modality === 'text' ? (
        <ContextList query={query} />
      ) : (
        <ContextPicture query={query} grid={grid} />
      )}
      <ol class="path-list">
        {scene.associations.map((index) => {
          const object = elementAt(scene.objects, index);
          const { shape, item } = objectNames(object);
          return (
            <li key={index}>
              <span title={shape}>
                <ShapeIcon shape={object.shape} />
                {shape}
              </span>
              <span class={object.item === answered ? 'is-answered' : ''}>{item}</span>
            </li>
          );
        })}
      </ol>
      <svg class="path-heads">
        {drawn.map(({ arrow, to, isCut, read, label }) => (
          <ArrowHead
            key={arrow.token.index}
            kind={arrow.kind}
            to={to}
            isCut={isCut}
            isRead={read > 0.5}
            label={label}
          />
        ))}
      </svg>
    </div>
  );
}

function ContextList({ query: { scene, object: asked } }: { query: Query }) {
  return (
    <ol class="path-list">
      {scene.objects.map((object, index) => {
        const { colour, shape } = objectNames(object);
        return (
          <li key={index} class={index === asked ? 'is-asked' : ''}>
            <span title={colour}>{colour}</span>
            <span title={shape}>
              <ShapeIcon shape={object.shape} fill={elementAt(COLOURS, object.colour).hex} />
              {shape}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** The cells are as high as the lists, so that the drawing keeps its height. */
function ContextPicture({ query: { scene, object: asked }, grid }: { query: Query; grid: number }) {
  const share = (cells: number) => `${(100 * cells) / grid}%`;
  return (
    <svg class="path-picture">
      <rect class="background" width="100%" height="100%" />
      {scene.objects.map(({ colour, shape, row, column }, index) => (
        <g key={index}>
          {index === asked && (
            <rect
              class="asked"
              x={share(column)}
              y={share(row)}
              width={share(1)}
              height={share(1)}
            />
          )}
          <svg
            x={share(column)}
            y={share(row)}
            width={share(1)}
            height={share(1)}
            viewBox="-20 -20 140 140"
          >
            <path
              fill={elementAt(COLOURS, colour).hex}
              fill-rule="evenodd"
              d={elementAt(SHAPES, shape).path}
            />
          </svg>
        </g>
      ))}
    </svg>
  );
}

const HEADS = {
  shape: 'M-11 -6 0 0 -11 6Z',
  place: 'M-11 -5H-1V5H-11Z',
  cut: 'M-6 -6 6 6M-6 6 6 -6',
};

/** A number beside a head, on a ground of its own, since the arrow passes there. */
function EffectLabel({ label, turned }: { label: string; turned: boolean }) {
  const width = 7 * label.length + 2;
  return (
    <g transform={`translate(${turned ? 12 : -12 - width} 0)`}>
      <rect y="-7" width={width} height="14" />
      <text x={width / 2} y="4" text-anchor="middle">
        {label}
      </text>
    </g>
  );
}

interface ArrowHeadProps {
  readonly kind: PathArrow['kind'];
  readonly to: Point;
  readonly isCut: boolean;
  readonly isRead: boolean;
  /** How much of the answer is lost without the arrow; empty where it has no room. */
  readonly label: string;
}

/** A filled triangle for an arrow by shape, a hollow square for one by place; a cross where it is cut. */
function ArrowHead({ kind, to, isCut, isRead, label }: ArrowHeadProps) {
  return (
    <svg
      class={`path-head by-${kind}${isCut ? ' is-cut' : ''}${isRead ? ' is-read' : ''}`}
      x={`${to.x}%`}
      y={`${to.y}%`}
    >
      <path d={HEADS[isCut ? 'cut' : kind]} transform={to.turned ? 'scale(-1 1)' : ''} />
      {label && <EffectLabel label={label} turned={to.turned ?? false} />}
    </svg>
  );
}
