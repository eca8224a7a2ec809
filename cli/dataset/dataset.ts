import type { WordQuery } from '../../task/language/word-query.ts';
import type { Wording } from '../../task/language/word-prompt.ts';
import { picturePng } from '../../task/picture.ts';

/** A query as a line of a data set. */
export interface QueryRecord {
  /** `<name of the query>.<template>.<word list>`; `/v1/queries/<name of the query>` has the query itself. */
  readonly id: string;
  /** What a chat model is asked. */
  readonly prompt: string;
  /** What a model that is not a chat model continues. The answer follows after a space. */
  readonly completion: string;
  readonly answer: string;
  /** The words that could be the answer, in the order of the context. */
  readonly candidates: readonly string[];
  /** The file of the picture, where the context is one. */
  readonly picture: string | null;
  readonly metadata: Readonly<Record<string, string | number>>;
}

export interface Dataset {
  /** A name with letters, digits and `_`. */
  readonly name: string;
  readonly records: readonly QueryRecord[];
}

export function recordOf(query: WordQuery, { template, words }: Wording): QueryRecord {
  const { id, spec, seed, indices, prompt, position, picture } = query;
  return {
    id,
    prompt: prompt.text,
    completion: prompt.completion,
    answer: prompt.answer,
    candidates: prompt.candidates,
    picture: picture ? pictureName(query) : null,
    metadata: {
      objects: spec.objects,
      ...{ template: template.id, words: words.id, modality: spec.modality },
      ...{ order: spec.order, question: spec.question, split: spec.split },
      ...{ seed, scene: indices.index },
      ...{ contextPosition: position.context, associationPosition: position.association },
    },
  };
}

const pictureName = ({ id }: WordQuery) => `pictures/${id}.png`;

export const jsonLines = ({ records }: Dataset): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');

export function pictureFiles(queries: readonly WordQuery[]): Map<string, Uint8Array> {
  return new Map(
    queries.flatMap((query) =>
      query.picture ? [[pictureName(query), picturePng(query.picture())] as const] : [],
    ),
  );
}

/** The numbers of objects of a data set, in its order. */
export const objectCounts = ({ records }: Dataset): (string | number)[] => [
  ...new Set(records.flatMap(({ metadata }) => metadata['objects'] ?? [])),
];
