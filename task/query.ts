import { COLOURS } from './colours.ts';
import { ITEMS } from './items.ts';
import { packPrompt, questionTokens, type PackedPrompt } from './prompt.ts';
import { generateScene, type Scene } from './scene.ts';
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

/** One query of all there are: a spec, a seed, and the k-th question about the scene at an index. */
export interface QueryId {
  readonly spec: QuerySpec;
  readonly seed: number;
  readonly index: number;
  readonly question: number;
}

const NAME = new RegExp(
  `^(?<split>${SPLITS.join('|')})\\.(?<modality>${MODALITIES.join('|')})` +
    `\\.(?<order>${ASSOCIATION_ORDERS.join('|')})\\.(?<asks>${QUESTIONS.join('|')})` +
    '\\.n(?<objects>\\d{1,3})\\.v(?<colours>\\d{1,3})-(?<shapes>\\d{1,3})-(?<items>\\d{1,3})' +
    '\\.z(?<noise>\\d{1,4})\\.g(?<grid>\\d{1,3})' +
    '\\.s(?<seed>\\d{1,10})\\.i(?<index>\\d{1,10})\\.q(?<question>\\d{1,3})$',
);

const NAME_EXAMPLE = 'test.text.context.indirect.n8.v40-40-32.z0.g6.s0.i12.q3';

/** The name of a query, safe in a URL; `parseQueryName` makes the query again from it. */
export function queryName({ spec, seed, index, question }: QueryId): string {
  const { colours, shapes, items } = spec.vocabulary;
  return (
    `${spec.split}.${spec.modality}.${spec.order}.${spec.question}.n${spec.objects}` +
    `.v${colours}-${shapes}-${items}.z${spec.maxPositionGaps}.g${spec.grid}.s${seed}.i${index}.q${question}`
  );
}

/** @throws SpecError when the name is not one, or names a query outside the limits */
export function parseQueryName(name: string): QueryId {
  const groups = NAME.exec(name)?.groups;
  if (!groups) throw new SpecError(`"${name}" is not a query's name, such as ${NAME_EXAMPLE}`);
  const number = (group: string) => Number(groups[group]);
  const spec = parseSpec({
    split: groups['split'] as QuerySpec['split'],
    modality: groups['modality'] as QuerySpec['modality'],
    order: groups['order'] as QuerySpec['order'],
    question: groups['asks'] as QuerySpec['question'],
    objects: number('objects'),
    vocabulary: { colours: number('colours'), shapes: number('shapes'), items: number('items') },
    maxPositionGaps: number('noise'),
    grid: number('grid'),
  });
  return checkQueryId({
    spec,
    seed: number('seed'),
    index: number('index'),
    question: number('question'),
  });
}

/** @throws SpecError when seed, index or question are outside their limits */
export function checkQueryId(id: QueryId): QueryId {
  const words = [
    ['seed', id.seed, LIMITS.word],
    ['index', id.index, LIMITS.word],
    ['question', id.question, id.spec.objects - 1],
  ] as const;
  for (const [what, value, most] of words) {
    if (!Number.isInteger(value) || value < 0 || value > most) {
      throw new SpecError(`${what} must be a whole number from 0 to ${most}`);
    }
  }
  return id;
}

/** What a strategy looks at, and the item it answers with (paper, "How the mechanism is read"). */
export interface Strategy {
  /** Place of the object in the context, counted from 0. */
  readonly context: number;
  /** Place of the pair in the associations, counted from 0. */
  readonly association: number;
  /** Index of the item found there. */
  readonly item: number;
}

/** A query with everything a person or a model needs to answer it. */
export interface Query {
  readonly scene: Scene;
  /** The object asked about, as its place in the context. */
  readonly object: number;
  readonly prompt: PackedPrompt;
  /** Token id of the right answer. */
  readonly answer: number;
  readonly strategies: { readonly positional: Strategy; readonly symbolic: Strategy };
}

export function generateQuery(id: QueryId): Query {
  const scene = generateScene(id.spec, id.seed, id.index);
  return queryOf(scene, scene.asked[id.question], id.spec);
}

/** A query about an object of a scene, whether the scene was drawn or given. */
export function queryOf(
  scene: Scene,
  object: number,
  spec: Pick<QuerySpec, 'modality' | 'question' | 'grid'>,
): Query {
  const ask = { question: spec.question, object };
  const bound = scene.associations.indexOf(object);
  return {
    scene,
    object,
    prompt: packPrompt(scene, spec.modality, spec.grid, [ask]),
    answer: questionTokens(scene, ask).answer,
    strategies: {
      // The k-th object is taken to go with the k-th pair, whatever shapes stand there.
      positional: {
        context: object,
        association: object,
        item: scene.objects[scene.associations[object]].item,
      },
      // The object's shape is looked up among the associations.
      symbolic: { context: object, association: bound, item: scene.objects[object].item },
    },
  };
}

/** The prompt as words, for text; patches of a picture are left out. */
export function readablePrompt(prompt: PackedPrompt): string {
  return prompt.tokens
    .slice(prompt.patches)
    .map((token) => describeToken(token).name)
    .join(' ');
}

/** Names of an object's colour, shape and item. */
export function objectNames(object: { colour: number; shape: number; item: number }) {
  return {
    colour: COLOURS[object.colour].name,
    shape: SHAPES[object.shape].name,
    item: ITEMS[object.item],
  };
}
