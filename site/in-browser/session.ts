import { commonVocabulary } from '../../contract/card.ts';
import type { InBrowserParameters, SiteModel } from '../../contract/pages.ts';
import { listQueryIndices, QUESTIONS_PER_SCENE } from '../../task/query-indices.ts';
import { queryName } from '../../task/query.ts';
import { parseSpec } from '../../task/spec.ts';
import { api } from '../lib/api.ts';
import type { LocalModel } from './local-model.ts';
import type { LoadMessage } from './messages.ts';

/** Queries of one go: as many as the API answers at once. */
export const QUERIES = 64;

export interface EdgeComparison {
  readonly queries: number;
  readonly correctHere: number;
  /** Answers that are the same token. */
  readonly sameAnswers: number;
  /** Largest difference of a probability of the answer. */
  readonly maxProbabilityDelta: number;
  readonly millisecondsHere: number;
  /** From question to answer, over the network. */
  readonly millisecondsEdge: number;
}

export function loadMessage(model: SiteModel, engine: LoadMessage['engine']): LoadMessage {
  const { files, id } = model;
  const fileOf = ({ name, bytes, sha256 }: { name: string; bytes: number; sha256: string }) => ({
    url: new URL(`/v1/models/${id}/files/${name}`, location.href).href,
    bytes,
    sha256,
  });
  return {
    kind: 'load',
    engine,
    model: fileOf(files.model),
    encoder: files.encoder && fileOf(files.encoder),
    featureWidth: model.featureWidth,
    ...(model.signature && { signature: model.signature }),
  };
}

/** The same queries here and at the edge. */
export async function compareWithEdge(
  local: LocalModel,
  model: SiteModel,
  { objects, sceneIndex }: InBrowserParameters,
): Promise<EdgeComparison> {
  const spec = parseSpec({ objects, vocabulary: commonVocabulary([model]) });
  const questionsPerScene = Math.min(objects, QUESTIONS_PER_SCENE);
  const places = listQueryIndices(
    objects,
    QUERIES,
    questionsPerScene,
    sceneIndex * questionsPerScene,
  );
  const seed = 0;
  const here = await local.run({ kind: 'run', spec, seed, queries });
  const queries = places.map((place) => queryName({ spec, seed, ...place }));
  const began = performance.now();
  const { results } = await api().predict({ models: [model.id], queries, top: 1 });
  const millisecondsEdge = performance.now() - began;
  const edge = results.map(({ answers }) => answers[0].answer);
  return {
    queries: places.length,
    correctHere: here.answers.filter(({ correct }) => correct).length,
    sameAnswers: here.answers.filter(({ token }, place) => token === edge[place].token).length,
    maxProbabilityDelta: Math.max(
      ...here.answers.map(({ probability }, place) =>
        Math.abs(probability - edge[place].probability),
      ),
    ),
    millisecondsHere: here.milliseconds,
    millisecondsEdge,
  };
}
