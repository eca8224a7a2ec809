import type { QueryResource } from '../contract/queries.ts';
import { tokenResource } from '../inference/token-probability.ts';
import { COLOURS } from '../task/colours.ts';
import { elementAt } from '../task/element-at.ts';
import {
  generateQuery,
  objectNames,
  queryName,
  readablePrompt,
  type Query,
  type QueryId,
  type Strategy,
} from '../task/query.ts';

/** A query as the API shows it. */
export function queryResource(id: QueryId): QueryResource {
  const query = generateQuery(id);
  const { scene, prompt } = query;
  const name = queryName(id);
  const self = `/v1/queries/${name}`;
  const asksForItem = id.spec.question === 'indirect' || id.spec.question === 'association';
  return {
    name,
    spec: id.spec,
    seed: id.seed,
    index: id.index,
    ...queryWords(query),
    tokens: [...prompt.tokens],
    positions: [...prompt.positions],
    objects: scene.objects.map((object) => ({
      ...objectNames(object),
      hex: elementAt(COLOURS, object.colour).hex,
      row: object.row,
      column: object.column,
    })),
    associations: scene.associations.map((object) => {
      const { shape, item } = objectNames(elementAt(scene.objects, object));
      return { shape, item };
    }),
    strategies: asksForItem
      ? {
          positional: strategyResource(query, query.strategies.positional),
          symbolic: strategyResource(query, query.strategies.symbolic),
        }
      : null,
    links: { self, svg: `${self}.svg`, png: `${self}.png` },
  };
}

/** A query in words: the prompt, what it asks for, and the correct answer. */
export function queryWords({ prompt, answer }: Pick<Query, 'prompt' | 'answer'>) {
  return {
    text: readablePrompt(prompt),
    asked: tokenResource(elementAt(prompt.tokens, elementAt(prompt.answers, 0).tokenIndex)),
    answer: tokenResource(answer),
  };
}

function strategyResource({ scene }: Query, { context, association }: Strategy) {
  const object = elementAt(scene.objects, elementAt(scene.associations, association));
  return { object: context, association, item: objectNames(object).item };
}
