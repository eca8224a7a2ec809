import type { InlineQuery } from '../contract/api.ts';
import { COLOURS } from '../task/colours.ts';
import { ITEMS } from '../task/items.ts';
import { queryOf, type Query } from '../task/query.ts';
import type { Scene } from '../task/scene.ts';
import { SHAPES } from '../task/shapes.ts';
import { SpecError } from '../task/spec.ts';

/** What can be named, by name. */
const VOCABULARY = {
  colour: new Map(COLOURS.map(({ name, index }) => [name, index])),
  shape: new Map(SHAPES.map(({ name, index }) => [name, index])),
  item: new Map(ITEMS.map((name, index) => [name, index])),
} as const;
type Kind = keyof typeof VOCABULARY;

/**
 * The query that a client has written out.
 *
 * @throws SpecError when its parts do not make a scene, or the question is not about it
 */
export function queryFromInline(given: InlineQuery): Query {
  const scene = sceneFromGiven(given);
  const asksByShape = given.question === 'association' || given.question === 'colour';
  const object = objectWith(scene, asksByShape ? 'shape' : 'colour', given.asked);
  return queryOf(scene, object, given);
}

function sceneFromGiven(given: InlineQuery): Scene {
  const places = placesOf(given);
  const objects = given.objects.map(({ colour, shape, item }, object) => ({
    colour: indexOfName('colour', colour),
    shape: indexOfName('shape', shape),
    item: indexOfName('item', item),
    ...places[object],
  }));
  for (const kind of ['colour', 'shape', 'item'] as const) {
    refuseTwice(
      `${kind}s`,
      given.objects.map((object) => object[kind]),
    );
  }
  const scene: Scene = {
    objects,
    associations: objects.map((_, object) => object),
    gaps: new Array<number>(objects.length + 1).fill(0),
    asked: [],
  };
  if (!given.associations) return scene;
  refuseTwice('associations', given.associations);
  if (given.associations.length !== objects.length) {
    throw new SpecError(
      `associations must name the shape of each of the ${objects.length} objects`,
    );
  }
  const associations = given.associations.map((shape) => objectWith(scene, 'shape', shape));
  return { ...scene, associations };
}

function indexOfName(kind: Kind, name: string): number {
  const index = VOCABULARY[kind].get(name);
  if (index === undefined) throw new SpecError(`"${name}" is not the name of a ${kind}`);
  return index;
}

/** @returns the object's place in the context */
function objectWith(scene: Scene, kind: Kind, name: string): number {
  const index = indexOfName(kind, name);
  const object = scene.objects.findIndex((candidate) => candidate[kind] === index);
  if (object < 0) throw new SpecError(`no object of the scene has the ${kind} "${name}"`);
  return object;
}

/** Where the objects stand: as given, or row by row where no place is given at all. */
function placesOf({ objects, grid }: InlineQuery): { row: number; column: number }[] {
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
  const places = objects.map(({ row = 0, column = 0 }) => ({ row, column }));
  if (places.some(({ row, column }) => row >= grid || column >= grid)) {
    throw new SpecError(`rows and columns must be whole numbers from 0 to ${grid - 1}`);
  }
  refuseTwice(
    'cells',
    places.map(({ row, column }) => `row ${row} column ${column}`),
  );
  return places;
}

function refuseTwice(what: string, names: readonly string[]): void {
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice !== undefined) throw new SpecError(`${what} must not repeat: "${twice}" stands twice`);
}
