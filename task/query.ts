import { COLOURS } from './colours.ts';
import { elementAt } from './element-at.ts';
import { ITEMS } from './items.ts';
import { packPrompt, questionTokens, type PackedPrompt } from './prompt.ts';
import { generateScene, itemAtSamePosition, type Scene } from './scene.ts';
import { SHAPES } from './shapes.ts';
import {
  ASSOCIATION_ORDERS,
  LIMITS,
  MODALITIES,
  parseSpec,
  QUESTIONS,
  SpecError,
  SPLITS,
  type QuerySpec,
} from './spec.ts';
import { describeToken } from './tokens.ts';

/** Identifies a query: a spec, a seed, the index of the scene, and the k-th question about it. */
export interface QueryId {
  readonly spec: QuerySpec;
  readonly seed: number;
  readonly index: number;
  readonly question: number;
}

const NAME = new RegExp(
  `^(?<split>${SPLITS.join('|')})\\.(?<modality>${MODALITIES.join('|')})` +
    `\\.(?<order>${ASSOCIATION_ORDERS.join('|')})\\.(?<kind>${QUESTIONS.join('|')})` +
    '\\.n(?<objects>\\d{1,3})\\.v(?<colours>\\d{1,3})-(?<shapes>\\d{1,3})-(?<items>\\d{1,3})' +
    '\\.z(?<gaps>\\d{1,4})\\.g(?<grid>\\d{1,3})' +
    '\\.s(?<seed>\\d{1,10})\\.i(?<index>\\d{1,10})\\.q(?<question>\\d{1,3})$',
);

const NAME_EXAMPLE = 'test.text.context.indirect.n8.v40-40-32.z0.g6.s0.i12.q3';

/** The name of a query, safe in a URL; `parseQueryName` is its inverse. */
export function queryName({ spec, seed, index, question }: QueryId): string {
  const { colours, shapes, items } = spec.vocabulary;
  return (
    `${spec.split}.${spec.modality}.${spec.order}.${spec.question}.n${spec.objects}` +
    `.v${colours}-${shapes}-${items}.z${spec.maxPositionGaps}.g${spec.grid}.s${seed}.i${index}.q${question}`
  );
}

/** @throws SpecError where the text is not the name of a query, or a value is outside its limits */
export function parseQueryName(name: string): QueryId {
  const groups = NAME.exec(name)?.groups;
  if (!groups) throw new SpecError(`"${name}" is not the name of a query, such as ${NAME_EXAMPLE}`);
  const number = (group: string) => Number(groups[group]);
  const spec = parseSpec({
    split: groups['split'] as QuerySpec['split'],
    modality: groups['modality'] as QuerySpec['modality'],
    order: groups['order'] as QuerySpec['order'],
    question: groups['kind'] as QuerySpec['question'],
    objects: number('objects'),
    vocabulary: { colours: number('colours'), shapes: number('shapes'), items: number('items') },
    maxPositionGaps: number('gaps'),
    grid: number('grid'),
  });
  return validateQueryId({
    spec,
    seed: number('seed'),
    index: number('index'),
    question: number('question'),
  });
}

/** @throws SpecError where seed, index or question are outside their limits */
function validateQueryId(id: QueryId): QueryId {
  const bounds = [
    ['seed', id.seed, LIMITS.uint32],
    ['index', id.index, LIMITS.uint32],
    ['question', id.question, id.spec.objects - 1],
  ] as const;
  for (const [name, value, max] of bounds) {
    if (!Number.isInteger(value) || value < 0 || value > max) {
      throw new SpecError(`${name} must be a whole number from 0 to ${max}`);
    }
  }
  return id;
}

/** What a strategy reads, and the item it answers with (paper, "How the mechanism is read"). */
export interface Strategy {
  /** Index of the object in the context, from 0. */
  readonly context: number;
  /** Index of the pair in the associations, from 0. */
  readonly association: number;
  /** Index of the item in that pair. */
  readonly item: number;
}

/** A query with everything that a person or a model needs to answer it. */
export interface Query {
  readonly scene: Scene;
  /** The object asked about, as its index in the context. */
  readonly object: number;
  readonly prompt: PackedPrompt;
  /** Token id of the correct answer. */
  readonly answer: number;
  readonly strategies: { readonly positional: Strategy; readonly symbolic: Strategy };
}

export function generateQuery(id: QueryId): Query {
  const scene = generateScene(id.spec, id.seed, id.index);
  return queryOf(scene, elementAt(scene.asked, id.question), id.spec);
}

/** A query about an object of a scene, generated or given. */
export function queryOf(
  scene: Scene,
  object: number,
  spec: Pick<QuerySpec, 'modality' | 'question' | 'grid'>,
): Query {
  const question = { question: spec.question, object };
  return {
    scene,
    object,
    prompt: packPrompt(scene, spec.modality, spec.grid, [question]),
    answer: questionTokens(scene, question).answer,
    strategies: {
      // The k-th object is matched with the k-th association, whatever its shape.
      positional: {
        context: object,
        association: object,
        item: itemAtSamePosition(scene, object),
      },
      // The object's shape is looked up in the associations.
      symbolic: {
        context: object,
        association: scene.associations.indexOf(object),
        item: elementAt(scene.objects, object).item,
      },
    },
  };
}

/** The prompt as words, without the patches of a picture. */
export function readablePrompt(prompt: PackedPrompt): string {
  return prompt.tokens
    .slice(prompt.patches)
    .map((token) => describeToken(token).name)
    .join(' ');
}

/** Names of an object's colour, shape and item. */
export function objectNames(object: { colour: number; shape: number; item: number }) {
  return {
    colour: elementAt(COLOURS, object.colour).name,
    shape: elementAt(SHAPES, object.shape).name,
    item: elementAt(ITEMS, object.item),
  };
}
