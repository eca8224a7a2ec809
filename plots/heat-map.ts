import { NARROW_FIGURE, rightOf, widthOf, type FigureStyle, type Panel } from './document.ts';
import { element, label, textNode, type Markup } from './svg.ts';

const ROW = 24;
/** Room for the longest row name: an edge between associations. */
const LEFT = 256;
const NARROW_LEFT = 24;
/** Height of a name above its row. */
const NAME = 18;

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
export function heatMap({ title, axis, columns, rows }: HeatMap, style: FigureStyle): Panel {
  // In a narrow figure the name of a row is above its cells.
  const isNarrow = widthOf(style) < NARROW_FIGURE;
  const start = isNarrow ? NARROW_LEFT : LEFT;
  const right = rightOf(style);
  const rowHeight = isNarrow ? ROW + NAME : ROW;
  const width = (right - start) / Math.max(1, columns.length);
  const left = (column: number) => start + column * width;
  const bottom = rowHeight * rows.length;

  const body = rows.flatMap(({ name, cells }, row) => {
    const top = rowHeight * row + (isNarrow ? NAME : 0);
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
    const named = isNarrow
      ? label(start, top - NAME / 2, 'tick key', name)
      : label(start - 10, middle, 'tick row', name);
    return [named, ...drawn];
  });
  const ticks = columns.map((name, column) =>
    label(left(column) + width / 2, bottom + 16, 'tick x', name),
  );
  const caption = label((start + right) / 2, bottom + 34, 'axis', axis);
  return { title, height: bottom + 40, body: [...body, ...ticks, caption] };
}
