import { useRef, useState } from 'preact/hooks';
import { COLOURS } from '../../task/colours.ts';
import { objectNames } from '../../task/query.ts';
import type { SceneObject } from '../../task/scene.ts';
import { SHAPES } from '../../task/shapes.ts';
import { objectAt, type Cell } from './edit.ts';

export interface EditorProps {
  readonly objects: readonly SceneObject[];
  readonly grid: number;
  readonly selected: number;
  readonly onSelect: (object: number) => void;
  readonly onAdd: (cell: Cell) => void;
  readonly onMove: (object: number, to: Cell) => void;
  readonly onRemove: (object: number) => void;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The picture, to be changed: every cell is a button, and one of them is in the order of tabs. */
export function Editor(props: EditorProps) {
  const { objects, grid, selected, onSelect, onAdd, onMove, onRemove } = props;
  const board = useRef<HTMLDivElement>(null);
  const [carried, setCarried] = useState<number>();
  const [focus, setFocus] = useState<Cell>(objects.at(selected) ?? { row: 0, column: 0 });
  const cells = Array.from({ length: grid * grid }, (_, cell) => ({
    row: Math.floor(cell / grid),
    column: cell % grid,
  }));
  const goTo = (cell: Cell) => {
    setFocus(cell);
    const buttons = board.current?.querySelectorAll('button');
    buttons?.[cell.row * grid + cell.column]?.focus();
  };
  const press = (event: KeyboardEvent, cell: Cell) => {
    const object = objectAt(objects, cell);
    if (event.key in STEPS) {
      const [down, right] = STEPS[event.key];
      const to = { row: cell.row + down, column: cell.column + right };
      event.preventDefault();
      if (Math.min(to.row, to.column) < 0 || Math.max(to.row, to.column) >= grid) return;
      if (event.shiftKey && object >= 0) onMove(object, to);
      goTo(to);
    } else if ((event.key === 'Delete' || event.key === 'Backspace') && object >= 0) {
      event.preventDefault();
      onRemove(object);
    }
  };
  /** The cell under the pointer, which a touch does not tell by itself. */
  const cellUnder = (event: PointerEvent): Cell | undefined => {
    const under = document.elementFromPoint(event.clientX, event.clientY)?.closest('button');
    const place = Array.from(board.current?.querySelectorAll('button') ?? []).indexOf(
      under as HTMLButtonElement,
    );
    return place < 0 ? undefined : cells[place];
  };
  const drop = (event: PointerEvent) => {
    if (carried === undefined) return;
    const to = cellUnder(event);
    setCarried(undefined);
    if (!to || objectAt(objects, to) === carried) return;
    onMove(carried, to);
    setFocus(to);
  };
  return (
    <div
      ref={board}
      class={`editor grid-${grid}`}
      role="group"
      aria-label="The picture: arrows go from cell to cell, Shift and an arrow moves a shape, Delete removes it"
      onPointerUp={drop}
      onPointerCancel={() => {
        setCarried(undefined);
      }}
    >
      {cells.map((cell) => {
        const object = objectAt(objects, cell);
        const place = `row ${cell.row + 1}, column ${cell.column + 1}`;
        return (
          <button
            key={`${cell.row} ${cell.column}`}
            type="button"
            class={`${object >= 0 && object === selected ? 'is-selected' : ''} ${object === carried ? 'is-carried' : ''}`}
            tabIndex={cell.row === focus.row && cell.column === focus.column ? 0 : -1}
            aria-pressed={object >= 0 ? object === selected : undefined}
            aria-label={
              object >= 0 ? `${wordsFor(objects[object])}, ${place}` : `add a shape at ${place}`
            }
            onClick={() => {
              setFocus(cell);
              if (object >= 0) onSelect(object);
              else onAdd(cell);
            }}
            onPointerDown={(event) => {
              if (object < 0) return;
              event.currentTarget.releasePointerCapture(event.pointerId);
              setCarried(object);
            }}
            onKeyDown={(event) => {
              press(event, cell);
            }}
          >
            {object >= 0 ? <Thing {...objects[object]} /> : <span aria-hidden="true">+</span>}
          </button>
        );
      })}
    </div>
  );
}

const wordsFor = (object: SceneObject): string => {
  const { colour, shape } = objectNames(object);
  return `${colour} ${shape}`;
};

function Thing({ colour, shape }: SceneObject) {
  return (
    <svg viewBox="0 0 100 100" aria-hidden="true">
      <path fill={COLOURS[colour].hex} fill-rule="evenodd" d={SHAPES[shape].path} />
    </svg>
  );
}
