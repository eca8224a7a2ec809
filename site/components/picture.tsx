import { COLOURS } from '../../task/colours.ts';
import { elementAt } from '../../task/element-at.ts';
import type { SceneObject } from '../../task/scene.ts';
import { SHAPES } from '../../task/shapes.ts';

export interface PictureProps {
  readonly objects: readonly SceneObject[];
  readonly grid: number;
  /** The object asked about. */
  readonly asked?: number;
  /** Accessible name; by default in English. */
  readonly label?: string;
  readonly onSelect?: (object: number) => void;
}

/** The scene as a picture, with the grid of the patches. */
export function Picture({ objects, grid, asked, label, onSelect }: PictureProps) {
  const side = 100 * grid;
  const lines = Array.from({ length: grid - 1 }, (_, line) => 100 * (line + 1));
  return (
    <svg
      class="picture"
      viewBox={`-2 -2 ${side + 4} ${side + 4}`}
      role="img"
      aria-label={
        label ??
        `Picture of ${objects.length} coloured shapes on a grid of ${grid} by ${grid} cells; the text beside it names them`
      }
    >
      <rect class="background" width={side} height={side} />
      <path
        class="cells"
        d={lines.map((line) => `M${line} 0V${side}M0 ${line}H${side}`).join('')}
      />
      <rect class="frame" width={side} height={side} />
      {objects.map(({ colour, shape, row, column }, object) => (
        <g
          key={`${colour} ${shape}`}
          class="object"
          transform={`translate(${100 * column} ${100 * row})`}
          onClick={
            onSelect &&
            (() => {
              onSelect(object);
            })
          }
        >
          <rect class="cell" width="100" height="100" />
          <path
            fill={elementAt(COLOURS, colour).hex}
            fill-rule="evenodd"
            d={elementAt(SHAPES, shape).path}
          />
          {object === asked && <rect class="asked" x="-3" y="-3" width="106" height="106" />}
        </g>
      ))}
    </svg>
  );
}
