import { scaleBand, scaleLinear } from 'd3-scale';
import { RIGHT, type Panel } from './document.ts';
import { element, label, words, type Markup } from './svg.ts';

const ROW = 24;
/** Leaves room for the longest name, which is that of an edge between associations. */
const LEFT = 256;

export interface HeatMap {
  readonly title: string;
  /** What the columns are. */
  readonly axis: string;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly name: string;
    /** Share of 1 in each column; a negative one is shown as a number without colour. */
    readonly cells: readonly (number | undefined)[];
  }[];
}

/** Rows by columns, the deeper the more; with the numbers, as colour alone is hard to read off. */
export function heatMap({ title, axis, columns, rows }: HeatMap): Panel {
  const x = scaleBand([...columns.keys()], [LEFT, RIGHT]);
  const y = scaleBand([...rows.keys()], [0, ROW * rows.length]);
  const depth = scaleLinear([0, 1], [0, 1]).clamp(true);
  const bottom = ROW * rows.length;

  const body = rows.flatMap(({ name, cells }, row) => {
    const top = y(row) ?? 0;
    const middle = top + ROW / 2;
    const drawn = cells.flatMap((share, column): Markup[] => {
      if (share === undefined) return [];
      const left = x(column) ?? LEFT;
      const number = String(Math.round(100 * share));
      return [
        element(
          'rect',
          {
            class: 'heat',
            x: left,
            y: top,
            width: x.bandwidth(),
            height: ROW,
            'fill-opacity': String(Number(depth(share).toFixed(2))),
          },
          element('title', {}, words(`${name}, ${axis} ${columns[column]}: ${number} %`)),
        ),
        label(left + x.bandwidth() / 2, middle, share > 0.8 ? 'cell deep' : 'cell', number),
      ];
    });
    return [label(LEFT - 10, middle, 'tick row', name), ...drawn];
  });
  const ticks = columns.map((name, column) =>
    label((x(column) ?? LEFT) + x.bandwidth() / 2, bottom + 16, 'tick x', name),
  );
  const caption = label((LEFT + RIGHT) / 2, bottom + 34, 'axis', axis);
  return { title, height: bottom + 40, body: [...body, ...ticks, caption] };
}
