import type { Query } from '../../../task/query.ts';
import type { PathArrow } from './arrows.ts';

/**
 * Where things are in the drawing, in percent of its width and height, so that it needs no measuring: the
 * first row has the question, the others have the lists, all rows are equally high.
 */

/** Edges of the columns; path.css has the same. */
const COLUMNS = { colour: 12, contextEnd: 46, shapeOfItem: 59, item: 84 } as const;

/** Where the question is, in the first row, and its left edge. */
const QUESTION_X = 52;
const QUESTION_LEFT = 41;

export interface Point {
  readonly x: number;
  readonly y: number;
  /** Whether the arrow comes from the right. */
  readonly turned?: boolean;
}

/** One for the question, one for each object, and one for the end of the first list. */
export const rowCount = (objects: number): number => objects + 2;

/** The ends of an arrow: from the question to the first list, and from there to the second. */
export function arrowEnds(
  { token, list }: PathArrow,
  arrows: readonly PathArrow[],
  query: Query,
  grid: number,
): { from: Point; to: Point } {
  const rows = rowCount(query.scene.objects.length);
  const rowAt = (row: number) => (100 * (row + 0.5)) / rows;
  const question = { x: QUESTION_X, y: 100 / rows };
  const inContext = ({ role, index, object }: PathArrow['token']): Point => {
    if (role === 'patch') {
      const width = (COLUMNS.contextEnd - COLUMNS.colour) / grid;
      const column = index % grid;
      const row = Math.floor(index / grid);
      const top = 100 / rows;
      return {
        x: COLUMNS.colour + width * (column + 0.85),
        y: top + ((100 - 2 * top) * (row + 0.5)) / grid,
        turned: true,
      };
    }
    if (role === 'context-end' || object === null) {
      return { x: COLUMNS.contextEnd, y: rowAt(rows - 1), turned: true };
    }
    return role === 'colour'
      ? { x: COLUMNS.colour, y: rowAt(object + 1) }
      : { x: COLUMNS.contextEnd, y: rowAt(object + 1), turned: true };
  };
  if (list === 'context') {
    const to = inContext(token);
    return { from: to.turned ? question : { x: QUESTION_LEFT, y: question.y / 2 }, to };
  }
  const place = query.scene.associations.indexOf(token.object ?? -1);
  const x = token.role === 'association-item' ? COLUMNS.item : COLUMNS.shapeOfItem;
  const to = { x, y: rowAt(place + 1) };
  const [first] = arrows.filter((arrow) => arrow.list === 'context');
  if (!first) return { from: question, to };
  // From the end of the strongest arrow into the first list, past the words there.
  const start = inContext(first.token);
  const isCell = first.token.role === 'patch';
  return { from: isCell ? start : { x: COLUMNS.contextEnd + 1, y: start.y }, to };
}

/** The room of a number beside its head on the narrowest screens, in percent of the drawing. */
const LABEL = { gap: 3, width: 11 } as const;

/**
 * Which heads have a number beside them: all, except where it would cover the number of an arrow before it.
 *
 * @param heads the strongest first
 * @param objects in the scene
 */
export function labelled(heads: readonly Point[], objects: number): boolean[] {
  const height = 100 / rowCount(objects);
  const placed: { left: number; y: number }[] = [];
  return heads.map(({ x, y, turned }) => {
    const left = turned ? x + LABEL.gap : x - LABEL.gap - LABEL.width;
    const isFree = placed.every(
      (other) =>
        Math.abs(other.y - y) >= 0.6 * height || Math.abs(other.left - left) >= LABEL.width,
    );
    if (isFree) placed.push({ left, y });
    return isFree;
  });
}

/** A curve that leaves and arrives horizontally where the ends are side by side, else bends once. */
export function curve(from: Point, to: Point): string {
  const round = (value: number) => Math.round(10 * value) / 10;
  const { x, y, turned } = to;
  const bend = turned ? x + 7 : x - 7;
  // Back to the first column: along the top, then down the left edge.
  if (!turned && from.x > x) {
    return `M${round(from.x)} ${round(from.y)}C0 ${round(from.y)} 0 ${round(y)} ${round(x)} ${round(y)}`;
  }
  const start = turned || from.x > 45 ? from.x : Math.max(0, from.x - 3);
  return `M${round(from.x)} ${round(from.y)}C${round(start)} ${round((from.y + 2 * y) / 3)} ${round(bend)} ${round(y)} ${round(x)} ${round(y)}`;
}
