import { elementAt } from '../task/element-at.ts';

/** One line of the benchmark's table. */
export interface Row {
  readonly what: string;
  readonly value: string;
  /** What the project aims at, where it does. */
  readonly target?: string;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return elementAt(sorted, Math.floor(sorted.length / 2));
}

export function printRows(rows: readonly Row[]): void {
  const width = Math.max(...rows.map(({ what }) => what.length));
  for (const { what, value, target } of rows) {
    console.log(`${what.padEnd(width)}  ${value}${target ? `  (target ${target})` : ''}`);
  }
}
