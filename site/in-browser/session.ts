import { commonVocabulary } from '../../contract/model-facts.ts';
import type { InBrowserParameters } from '../../contract/page-parameters.ts';
import type { SiteModel } from '../../contract/pages.ts';
import { elementAt } from '../../task/element-at.ts';
import { listQueryIndices, QUESTIONS_PER_SCENE } from '../../task/query-indices.ts';
import { queryName } from '../../task/query.ts';
import { parseSpec } from '../../task/spec.ts';
import { api } from '../lib/api.ts';
import type { LocalModel } from './local-model.ts';
import type { LoadMessage } from './messages.ts';

/** Queries per run: as many as one API request may have. */
export const QUERIES = 64;

export interface ServerComparison {
  readonly queries: number;
  readonly correctHere: number;
  /** Answers that are the same token. */
  readonly equalAnswers: number;
  /** Largest difference between two probabilities of an answer. */
  readonly maxProbabilityDelta: number;
  readonly millisecondsHere: number;
  /** From request to response, including the network. */
  readonly millisecondsServer: number;
}

export function loadMessage(model: SiteModel, parameters: InBrowserParameters): LoadMessage {
  const { files, id } = model;
  const fileOf = ({ name, bytes, sha256 }: { name: string; bytes: number; sha256: string }) => ({
    url: new URL(`/v1/models/${id}/files/${name}`, location.href).href,
    bytes,
    sha256,
  });
  return {
    kind: 'load',
    engine: parameters.engine,
    first: questionsOf(model, parameters),
    model: fileOf(files.model),
    encoder: files.encoder && fileOf(files.encoder),
    featureWidth: model.featureWidth,
    ...(model.signature && { signature: model.signature }),
  };
}

function questionsOf(model: SiteModel, { objects, sceneIndex }: InBrowserParameters) {
  const spec = parseSpec({ objects, vocabulary: commonVocabulary([model]) });
  const questionsPerScene = Math.min(objects, QUESTIONS_PER_SCENE);
  const start = sceneIndex * questionsPerScene;
  const queries = listQueryIndices(objects, QUERIES, questionsPerScene, start);
  return { spec, seed: 0, queries };
}

/**
 * Runs the same queries in this browser and on the server.
 *
 * @param onProgress gets the share of the scenes that are answered here
 */
export async function compareWithServer(
  local: LocalModel,
  model: SiteModel,
  parameters: InBrowserParameters,
  onProgress: (share: number) => void,
): Promise<ServerComparison> {
  const questions = questionsOf(model, parameters);
  const { spec, seed, queries } = questions;
  const here = await local.run({ kind: 'run', ...questions }, onProgress);
  const names = queries.map((indices) => queryName({ spec, seed, ...indices }));
  const started = performance.now();
  const { results } = await (await api()).predict({ models: [model.id], queries: names, top: 1 });
  const millisecondsServer = performance.now() - started;
  const answers = results.map((result, index) => ({
    here: elementAt(here.answers, index),
    server: elementAt(result.answers, 0).answer,
  }));
  return {
    queries: queries.length,
    correctHere: here.answers.filter(({ correct }) => correct).length,
    equalAnswers: answers.filter((answer) => answer.here.token === answer.server.token).length,
    maxProbabilityDelta: Math.max(
      ...answers.map((answer) => Math.abs(answer.here.probability - answer.server.probability)),
    ),
    millisecondsHere: here.milliseconds,
    millisecondsServer,
  };
}
