import type { InlineQuery } from '../contract/queries.ts';
import { COLOURS } from '../task/colours.ts';
import { ITEMS } from '../task/items.ts';
import { queryOf, type Query } from '../task/query.ts';
import type { Scene } from '../task/scene.ts';
import { SHAPES } from '../task/shapes.ts';
import { SpecError } from '../task/spec.ts';
import { zip } from './zip.ts';

/** Indices of the vocabulary, by name. */
const VOCABULARY = {
  colour: new Map(COLOURS.map(({ name, index }) => [name, index])),
  shape: new Map(SHAPES.map(({ name, index }) => [name, index])),
  item: new Map(ITEMS.map((name, index) => [name, index])),
} as const;
type Kind = keyof typeof VOCABULARY;

/**
 * The query that an inline description describes.
 *
 * @throws SpecError where the parts make no valid scene, or the question is not about it
 */
export function queryFromInline(inline: InlineQuery): Query {
  const scene = sceneFromInline(inline);
  const asksByShape = inline.question === 'association' || inline.question === 'colour';
  const object = findObject(scene, asksByShape ? 'shape' : 'colour', inline.asked);
  return queryOf(scene, object, inline);
}

function sceneFromInline(inline: InlineQuery): Scene {
  const objects = zip(inline.objects, cellsOf(inline)).map(([{ colour, shape, item }, cell]) => ({
    colour: indexOfName('colour', colour),
    shape: indexOfName('shape', shape),
    item: indexOfName('item', item),
    ...cell,
  }));
  for (const kind of ['colour', 'shape', 'item'] as const) {
    requireUnique(
      `${kind}s`,
      inline.objects.map((object) => object[kind]),
    );
  }
  const scene: Scene = {
    objects,
    associations: objects.map((_, object) => object),
    gaps: new Array<number>(objects.length + 1).fill(0),
    asked: [],
  };
  if (!inline.associations) return scene;
  requireUnique('associations', inline.associations);
  if (inline.associations.length !== objects.length) {
    throw new SpecError(
      `associations must name the shape of each of the ${objects.length} objects`,
    );
  }
  const associations = inline.associations.map((shape) => findObject(scene, 'shape', shape));
  return { ...scene, associations };
}

function indexOfName(kind: Kind, name: string): number {
  const index = VOCABULARY[kind].get(name);
  if (index === undefined) throw new SpecError(`"${name}" is not the name of a ${kind}`);
  return index;
}

/** @returns the index of the object in the context */
function findObject(scene: Scene, kind: Kind, name: string): number {
  const index = indexOfName(kind, name);
  const object = scene.objects.findIndex((candidate) => candidate[kind] === index);
  if (object < 0) throw new SpecError(`no object of the scene has the ${kind} "${name}"`);
  return object;
}

/** The cell of each object: the given ones, or row by row where the objects have none. */
function cellsOf({ objects, grid }: InlineQuery): { row: number; column: number }[] {
  if (objects.length > grid * grid) {
    throw new SpecError(`${objects.length} objects do not fit into ${grid} x ${grid} cells`);
  }
  const placed = objects.filter(({ row, column }) => row !== undefined && column !== undefined);
  const unplaced = objects.filter(({ row, column }) => row === undefined && column === undefined);
  if (unplaced.length === objects.length) {
    return objects.map((_, cell) => ({ row: Math.floor(cell / grid), column: cell % grid }));
  }
  if (placed.length < objects.length) {
    throw new SpecError('give the row and the column of every object, or of none');
  }
  const cells = objects.map(({ row = 0, column = 0 }) => ({ row, column }));
  if (cells.some(({ row, column }) => row >= grid || column >= grid)) {
    throw new SpecError(`rows and columns must be whole numbers from 0 to ${grid - 1}`);
  }
  requireUnique(
    'cells',
    cells.map(({ row, column }) => `row ${row} column ${column}`),
  );
  return cells;
}

function requireUnique(what: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new SpecError(`${what} must be unique, but "${twice}" repeats`);
}
