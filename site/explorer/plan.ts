import type { InlineQuery } from '../../contract/queries.ts';
import type { ExplorerParameters, SiteModel } from '../../contract/pages.ts';
import { commonVocabulary } from '../../contract/card.ts';
import {
  generateQuery,
  parseQueryName,
  queryName,
  type Query,
  type QueryId,
} from '../../task/query.ts';
import { MODALITIES, parseSpec, type Modality } from '../../task/spec.ts';

/** The models that a page asks: those named, else one trained on text alone and one that sees. */
export function selectModels(
  models: readonly SiteModel[],
  ids: readonly string[] | undefined,
): SiteModel[] {
  const named = (ids ?? []).flatMap((wanted) => models.find(({ id }) => id === wanted) ?? []);
  if (named.length > 0) return named.slice(0, 2);
  const byId = (id: string) => models.find((model) => model.id === id);
  const blind = byId('text-only') ?? models.find((model) => !hasVision(model)) ?? models.at(0);
  const seeing =
    byId('image-text') ??
    models.find((model) => model !== blind && hasVision(model)) ??
    models.find((model) => model !== blind);
  return [blind, seeing].flatMap((model) => model ?? []);
}

export const hasVision = ({ modalities }: Pick<SiteModel, 'modalities'>): boolean =>
  modalities.includes('image');

/** What of a round's parameters says which query it is. */
export type SceneSettings = Pick<
  ExplorerParameters,
  'objects' | 'sceneIndex' | 'questionIndex' | 'order' | 'query'
>;

/** Which query a round is: the one named, else one that all the models asked have the words for. */
export function sceneQueryId(
  asked: readonly Pick<SiteModel, 'vocabulary'>[],
  { objects, sceneIndex, questionIndex, order, query }: SceneSettings,
  modality: Modality = 'text',
): QueryId {
  if (query !== undefined) {
    const id = parseQueryName(query);
    return { ...id, spec: { ...id.spec, modality } };
  }
  const vocabulary = commonVocabulary(asked);
  const spec = parseSpec({ objects, modality, order, vocabulary });
  return { spec, seed: 0, index: sceneIndex, question: Math.min(questionIndex, objects - 1) };
}

/** What can be chosen of a round, as it is where the query is named. */
export function sceneSettings(parameters: ExplorerParameters): SceneSettings {
  const { objects, sceneIndex, questionIndex, order, query } = parameters;
  if (query === undefined) return { objects, sceneIndex, questionIndex, order };
  const { spec, question } = parseQueryName(query);
  return {
    objects: spec.objects,
    sceneIndex: 0,
    questionIndex: question,
    order: spec.order,
    query,
  };
}

/**
 * What to change so that a choice comes about: a query that is named goes by another name where its
 * scene stays, and gives way to rounds where it does not.
 */
export function applySceneChange(
  parameters: ExplorerParameters,
  change: Partial<ExplorerParameters>,
): Partial<ExplorerParameters> {
  const { query, ...choice } = sceneSettings(parameters);
  if (query === undefined) return change;
  if (change.objects !== undefined || change.sceneIndex !== undefined) {
    return { ...choice, ...change, query: undefined };
  }
  const { questionIndex: question = choice.questionIndex, order = choice.order, ...rest } = change;
  const id = parseQueryName(query);
  return { ...rest, query: queryName({ ...id, question, spec: { ...id.spec, order } }) };
}

/** The scene of a round, and what is asked about it. */
export const sceneQueryOf = (asked: readonly SiteModel[], parameters: SceneSettings): Query =>
  generateQuery(sceneQueryId(asked, parameters));

/** Probable answers that are told of each model. */
export const TOP_ANSWERS = 3;

/** One request: a query that some of the models can read. */
export interface SceneRequest {
  readonly modality: Modality;
  readonly models: readonly string[];
  /** By name, or written out. */
  readonly query: string | InlineQuery;
}

/** The same scene as text for all, and as a picture for those who see. */
export function sceneRequests(
  asked: readonly SiteModel[],
  parameters: SceneSettings,
): SceneRequest[] {
  return MODALITIES.flatMap((modality) => {
    const models = asked.filter(({ modalities }) => modalities.includes(modality));
    if (models.length === 0) return [];
    const query = queryName(sceneQueryId(asked, parameters, modality));
    return [{ modality, models: models.map(({ id }) => id), query }];
  });
}
