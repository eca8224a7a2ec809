import { RIGHT, type Panel } from './document.ts';
import { element, label, textNode, type Markup } from './svg.ts';

const ROW = 24;
/** Room for the longest row name: an edge between associations. */
const LEFT = 256;

export interface HeatMap {
  readonly title: string;
  /** Title of the columns. */
  readonly axis: string;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly name: string;
    /** Share, 0 to 1, in each column; a negative one is shown as a number without colour. */
    readonly cells: readonly (number | undefined)[];
  }[];
}

/** Rows by columns; a larger share has a stronger colour, and each cell has its number. */
export function heatMap({ title, axis, columns, rows }: HeatMap): Panel {
  const width = (RIGHT - LEFT) / Math.max(1, columns.length);
  const left = (column: number) => LEFT + column * width;
  const bottom = ROW * rows.length;

  const body = rows.flatMap(({ name, cells }, row) => {
    const top = ROW * row;
    const middle = top + ROW / 2;
    const drawn = cells.flatMap((share, column): Markup[] => {
      if (share === undefined) return [];
      const number = String(Math.round(100 * share));
      return [
        element(
          'rect',
          {
            class: 'heat',
            x: left(column),
            y: top,
            width,
            height: ROW,
            'fill-opacity': String(Number(Math.min(1, Math.max(0, share)).toFixed(2))),
          },
          element('title', {}, textNode(`${name}, ${axis} ${columns[column] ?? ''}: ${number} %`)),
        ),
        label(left(column) + width / 2, middle, share > 0.8 ? 'cell on-dark' : 'cell', number),
      ];
    });
    return [label(LEFT - 10, middle, 'tick row', name), ...drawn];
  });
  const ticks = columns.map((name, column) =>
    label(left(column) + width / 2, bottom + 16, 'tick x', name),
  );
  const caption = label((LEFT + RIGHT) / 2, bottom + 34, 'axis', axis);
  return { title, height: bottom + 40, body: [...body, ...ticks, caption] };
}
