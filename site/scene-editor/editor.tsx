import { useRef, useState } from 'preact/hooks';
import { COLOURS } from '../../task/colours.ts';
import { elementAt } from '../../task/element-at.ts';
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

const STEPS: ReadonlyMap<string, readonly [down: number, right: number]> = new Map([
  ['ArrowUp', [-1, 0]],
  ['ArrowDown', [1, 0]],
  ['ArrowLeft', [0, -1]],
  ['ArrowRight', [0, 1]],
]);

/** The editable picture: every cell is a button, and one of them is in the tab order. */
export function Editor(props: EditorProps) {
  const { objects, grid, selected, onSelect, onAdd, onMove, onRemove } = props;
  const board = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<number>();
  const [focus, setFocus] = useState<Cell>(objects.at(selected) ?? { row: 0, column: 0 });
  const cells = Array.from({ length: grid * grid }, (_, cell) => ({
    row: Math.floor(cell / grid),
    column: cell % grid,
  }));
  const focusCell = (cell: Cell) => {
    setFocus(cell);
    const buttons = board.current?.querySelectorAll('button');
    buttons?.[cell.row * grid + cell.column]?.focus();
  };
  const press = (event: KeyboardEvent, cell: Cell) => {
    const object = objectAt(objects, cell);
    const step = STEPS.get(event.key);
    if (step) {
      const [down, right] = step;
      const to = { row: cell.row + down, column: cell.column + right };
      event.preventDefault();
      if (Math.min(to.row, to.column) < 0 || Math.max(to.row, to.column) >= grid) return;
      if (event.shiftKey && object >= 0) onMove(object, to);
      focusCell(to);
    } else if ((event.key === 'Delete' || event.key === 'Backspace') && object >= 0) {
      event.preventDefault();
      onRemove(object);
    }
  };
  /** The cell under the pointer; the target of a touch event stays the first cell. */
  const cellUnder = (event: PointerEvent): Cell | undefined => {
    const button = document.elementFromPoint(event.clientX, event.clientY)?.closest('button');
    const buttons = Array.from(board.current?.querySelectorAll('button') ?? []);
    return cells[buttons.findIndex((one) => one === button)];
  };
  const drop = (event: PointerEvent) => {
    if (dragged === undefined) return;
    const to = cellUnder(event);
    setDragged(undefined);
    if (!to || objectAt(objects, to) === dragged) return;
    onMove(dragged, to);
    setFocus(to);
  };
  return (
    <div
      ref={board}
      class={`editor grid-${grid}`}
      role="group"
      aria-label="Picture: arrow keys select a cell, Shift and an arrow key move a shape, Delete removes it"
      onPointerUp={drop}
      onPointerCancel={() => {
        setDragged(undefined);
      }}
    >
      {cells.map((cell) => {
        const object = objectAt(objects, cell);
        const shape = objects[object];
        const position = `row ${cell.row + 1}, column ${cell.column + 1}`;
        return (
          <button
            key={`${cell.row} ${cell.column}`}
            type="button"
            class={`${object >= 0 && object === selected ? 'is-selected' : ''} ${object === dragged ? 'is-dragged' : ''}`}
            tabIndex={cell.row === focus.row && cell.column === focus.column ? 0 : -1}
            aria-pressed={object >= 0 ? object === selected : undefined}
            aria-label={
              shape ? `${describeShape(shape)}, ${position}` : `add a shape at ${position}`
            }
            onClick={() => {
              setFocus(cell);
              if (object >= 0) onSelect(object);
              else onAdd(cell);
            }}
            onPointerDown={(event) => {
              if (object < 0) return;
              event.currentTarget.releasePointerCapture(event.pointerId);
              setDragged(object);
            }}
            onKeyDown={(event) => {
              press(event, cell);
            }}
          >
            {shape ? <ColouredShape {...shape} /> : <span aria-hidden="true">+</span>}
          </button>
        );
      })}
    </div>
  );
}

const describeShape = (object: SceneObject): string => {
  const { colour, shape } = objectNames(object);
  return `${colour} ${shape}`;
};

function ColouredShape({ colour, shape }: SceneObject) {
  return (
    <svg viewBox="0 0 100 100" aria-hidden="true">
      <path
        fill={elementAt(COLOURS, colour).hex}
        fill-rule="evenodd"
        d={elementAt(SHAPES, shape).path}
      />
    </svg>
  );
}
