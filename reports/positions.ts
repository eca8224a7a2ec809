import { unpackBits } from '../contract/bitset.ts';
import type { HeatMap } from '../plots/heat-map.ts';
import { proportion, type Proportion } from '../statistics/intervals.ts';
import { accuracyByPosition, type PositionAccuracy } from '../statistics/position-accuracy.ts';
import type { Condition } from '../task/conditions.ts';
import { elementAt } from '../task/element-at.ts';
import { listQueryIndices } from '../task/query-indices.ts';
import { askedPosition, generateScene, type PositionList } from '../task/scene.ts';
import { parseSpec } from '../task/spec.ts';
import { code, table, withCounts, withInterval } from './markdown.ts';
import { conditionInWords, type ModelResults } from './model-results.ts';

/** Accuracy by the position of the object asked about, from the stored answers. */

/** A list of objects under a condition. In ordered text, context and associations have one order. */
interface Listing extends Condition {
  readonly list: PositionList;
}

const ORDERED: Listing = { modality: 'text', order: 'context', list: 'context' };
const LISTINGS: readonly Listing[] = [
  ORDERED,
  { modality: 'text', order: 'shuffled', list: 'context' },
  { modality: 'text', order: 'shuffled', list: 'association' },
  // A picture has no first object.
  { modality: 'image', order: 'shuffled', list: 'association' },
];

/** The numbers of objects of the table and the figures. */
const SHOWN_OBJECTS = 16;
const FIGURE_OBJECTS = [8, 12, 16, 24] as const;
/** Each has as many positions in every quarter. */
const PAGE_OBJECTS = [8, 12, 16, 20, 24, 32] as const;
const QUARTERS = ['first quarter', 'second', 'third', 'last quarter'] as const;

const asked = new Map<string, readonly number[]>();

/** Of the test queries with a scene of their own. Neither vocabulary nor grid has an effect on positions. */
function positionsAsked(
  { split, seed }: NonNullable<ModelResults['answers']>,
  objects: number,
  count: number,
  { order, list }: Listing,
): readonly number[] {
  const key = [split, seed, objects, count, order, list].join(' ');
  const known = asked.get(key);
  if (known) return known;
  const spec = parseSpec({ split, objects, order });
  const positions = listQueryIndices(objects, count, 1).map(({ index, question }) =>
    askedPosition(generateScene(spec, seed, index), question, list),
  );
  asked.set(key, positions);
  return positions;
}

/** @returns undefined where the model has no such answers */
export function byPositionOf(
  { answers }: Pick<ModelResults, 'answers'>,
  listing: Listing,
  objects: number,
): PositionAccuracy[] | undefined {
  const { modality, order } = listing;
  const found = answers?.results.find(
    (entry) => entry.modality === modality && entry.order === order && entry.objects === objects,
  );
  const correct = found && unpackBits(found.correct, found.count);
  if (!answers || !correct) return undefined;
  return accuracyByPosition(positionsAsked(answers, objects, correct.length, listing), correct);
}

/** Accuracy in each quarter of the list, from the first position to the last. */
function quartersOf(byPosition: readonly PositionAccuracy[], objects: number): Proportion[] {
  return QUARTERS.map((_, quarter) => {
    const own = byPosition.filter(
      ({ position }) => Math.floor((position * QUARTERS.length) / objects) === quarter,
    );
    const sum = (field: 'correct' | 'count') => own.reduce((total, one) => total + one[field], 0);
    return proportion(sum('correct'), sum('count'));
  });
}

const quarterCell = (share: Proportion): string =>
  share.count > 0 ? `${withInterval(share)} ${countsOf(share)}` : '-';

/** `(612/1003)`. */
const countsOf = (share: Proportion): string => /\(.*\)/.exec(withCounts(share))?.[0] ?? '';

function quarterTable(models: readonly ModelResults[]): string {
  const rows = models.flatMap((model) => {
    const byPosition = byPositionOf(model, ORDERED, SHOWN_OBJECTS);
    if (!byPosition) return [];
    return [[code(model.name), ...quartersOf(byPosition, SHOWN_OBJECTS).map(quarterCell)]];
  });
  return table(['model', ...QUARTERS], rows);
}

/** The section of `docs/results.md`. */
export const positionParts = (models: readonly ModelResults[]): string[] => [
  '## Where in the list does accuracy fall?',
  `Ordered text of ${SHOWN_OBJECTS} objects, by the position of the object asked about; the last quarter is the ` +
    'nearest to the question. Wilson intervals; correct answers and queries in brackets. The pages of the models ' +
    'have shuffled text, pictures and other numbers of objects.',
  quarterTable(models),
];

/** The section of a model's page. */
export function modelPositions(model: ModelResults): string[] {
  const rows = LISTINGS.flatMap((listing) =>
    PAGE_OBJECTS.flatMap((objects) => {
      const byPosition = byPositionOf(model, listing, objects);
      if (!byPosition) return [];
      const { list } = listing;
      const where = listing.order === 'context' ? 'context and associations' : list;
      const quarters = quartersOf(byPosition, objects).map(quarterCell);
      return [[conditionInWords(listing), where, String(objects), ...quarters]];
    }),
  );
  if (rows.length === 0) return [];
  return [
    '## Accuracy by position',
    'By the position of the object asked about, in the context or among the associations, in quarters of the list.',
    table(['asked', 'position in', 'objects', ...QUARTERS], rows),
  ];
}

/** Ordered text by every position, one map for each number of objects. */
export function positionMaps(models: readonly ModelResults[]): HeatMap[] {
  return FIGURE_OBJECTS.flatMap((objects): HeatMap[] => {
    const rows = models.flatMap((model) => {
      const byPosition = byPositionOf(model, ORDERED, objects);
      if (!byPosition) return [];
      const cells = Array.from(
        { length: objects },
        (_, index) => byPosition.find(({ position }) => position === index)?.accuracy,
      );
      return [{ name: model.card.id, cells }];
    });
    if (rows.length === 0) return [];
    const columns = Array.from({ length: objects }, (_, index) => String(index + 1));
    return [{ title: `${objects} objects`, axis: 'position in the list', columns, rows }];
  });
}

/** The maps in words: of each model, the first and the last position with most objects. */
export function describePositions(maps: readonly HeatMap[]): string {
  return maps
    .map(({ title, rows }) => {
      const models = rows.map(({ name, cells }) => {
        const percent = (share = 0) => `${Math.round(100 * share)} %`;
        return `${name} ${percent(elementAt(cells, 0))} to ${percent(cells.at(-1))}`;
      });
      return `${title}, from the first position to the last: ${models.join(', ')}.`;
    })
    .join(' ');
}
