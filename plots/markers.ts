import {
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  symbolWye,
} from 'd3-shape';
import { elementAt } from '../task/element-at.ts';

/** Shapes of the models' markers, in figures and on pages: not all readers distinguish the colours. */
const SYMBOLS = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolStar,
  symbolCross,
  symbolWye,
];

/**
 * The outline of a model's marker, around the origin.
 *
 * @param displayIndex of the model among those of the deployment
 * @param area in square user units
 */
export function markerPath(displayIndex: number, area = 72): string {
  const shape = elementAt(SYMBOLS, Math.max(0, displayIndex) % SYMBOLS.length);
  return symbol(shape, area).digits(1)() ?? '';
}

/** A tick and a cross, in a square of 16 units. */
export const VERDICT_PATHS = {
  correct: 'M2 9l4 4L14 4',
  wrong: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
} as const;
