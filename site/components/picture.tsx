import { COLOURS } from '../../task/colours.ts';
import type { SceneObject } from '../../task/scene.ts';
import { SHAPES } from '../../task/shapes.ts';

export interface PictureProps {
  readonly objects: readonly SceneObject[];
  readonly grid: number;
  /** The object asked about. */
  readonly asked?: number;
  /** What it is, for those who cannot see it. */
  readonly label?: string;
  readonly onPick?: (object: number) => void;
}

/** The scene as models see it, and the grid whose cells are their patches. */
export function Picture({ objects, grid, asked, label, onPick }: PictureProps) {
  const side = 100 * grid;
  const inner = Array.from({ length: grid - 1 }, (_, line) => 100 * (line + 1));
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
      <rect class="ground" width={side} height={side} />
      <path class="cells" d={inner.map((at) => `M${at} 0V${side}M0 ${at}H${side}`).join('')} />
      <rect class="edge" width={side} height={side} />
      {objects.map(({ colour, shape, row, column }, object) => (
        <g
          key={`${colour} ${shape}`}
          class="thing"
          transform={`translate(${100 * column} ${100 * row})`}
          onClick={
            onPick &&
            (() => {
              onPick(object);
            })
          }
        >
          <rect class="cell" width="100" height="100" />
          <path fill={COLOURS[colour].hex} fill-rule="evenodd" d={SHAPES[shape].path} />
          {object === asked && <rect class="asked" x="-3" y="-3" width="106" height="106" />}
        </g>
      ))}
    </svg>
  );
}
