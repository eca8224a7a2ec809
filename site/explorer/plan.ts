import type { InlineQuery } from '../../contract/queries.ts';
import type { ExplorerParameters } from '../../contract/page-parameters.ts';
import type { SiteModel } from '../../contract/pages.ts';
import { commonVocabulary } from '../../contract/model-facts.ts';
import {
  generateQuery,
  parseQueryName,
  queryName,
  type Query,
  type QueryId,
} from '../../task/query.ts';
import { MODALITIES, parseSpec, type Modality } from '../../task/spec.ts';

/** The two models that a page asks: the named ones, else one trained on text only and one with vision. */
export function selectModels(
  models: readonly SiteModel[],
  ids: readonly string[] | undefined,
): SiteModel[] {
  const named = (ids ?? []).flatMap((id) => byId(models, id) ?? []);
  if (named.length > 0) return named.slice(0, 2);
  const textOnly =
    byId(models, 'text-only') ?? models.find((model) => !hasVision(model)) ?? models.at(0);
  const withVision =
    byId(models, 'image-text') ??
    models.find((model) => model !== textOnly && hasVision(model)) ??
    models.find((model) => model !== textOnly);
  return [textOnly, withVision].flatMap((model) => model ?? []);
}

const byId = (models: readonly SiteModel[], id: string) => models.find((model) => model.id === id);

export const hasVision = ({ modalities }: Pick<SiteModel, 'modalities'>): boolean =>
  modalities.includes('image');

/** The parameters that identify the query. */
export type SceneSettings = Pick<
  ExplorerParameters,
  'objects' | 'sceneIndex' | 'questionIndex' | 'order' | 'query'
>;

/** The query of the parameters: the named one, else one whose words all chosen models know. */
export function sceneQueryId(
  models: readonly Pick<SiteModel, 'vocabulary'>[],
  { objects, sceneIndex, questionIndex, order, query }: SceneSettings,
  modality: Modality = 'text',
): QueryId {
  if (query !== undefined) {
    const id = parseQueryName(query);
    return { ...id, spec: { ...id.spec, modality } };
  }
  const vocabulary = commonVocabulary(models);
  const spec = parseSpec({ objects, modality, order, vocabulary });
  return { spec, seed: 0, index: sceneIndex, question: Math.min(questionIndex, objects - 1) };
}

/** The settings of the controls; a named query determines them. */
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
 * The changed parameters for a change of the settings. A named query gets another name where its scene
 * stays the same, and is removed where the scene changes.
 */
export function applySceneChange(
  parameters: ExplorerParameters,
  change: Partial<ExplorerParameters>,
): Partial<ExplorerParameters> {
  const { query, ...settings } = sceneSettings(parameters);
  if (query === undefined) return change;
  if (change.objects !== undefined || change.sceneIndex !== undefined) {
    return { ...settings, ...change, query: undefined };
  }
  const {
    questionIndex: question = settings.questionIndex,
    order = settings.order,
    ...rest
  } = change;
  const id = parseQueryName(query);
  return { ...rest, query: queryName({ ...id, question, spec: { ...id.spec, order } }) };
}

/** The scene and the question of the parameters. */
export const sceneQueryOf = (models: readonly SiteModel[], parameters: SceneSettings): Query =>
  generateQuery(sceneQueryId(models, parameters));

/** Most probable tokens per answer. */
export const TOP_ANSWERS = 3;

/** A query for the models that can read its modality. */
export interface SceneRequest {
  readonly modality: Modality;
  readonly models: readonly string[];
  /** By name, or in full. */
  readonly query: string | InlineQuery;
}

/** The scene as text for all models, and as a picture for models with vision. */
export function sceneRequests(
  models: readonly SiteModel[],
  parameters: SceneSettings,
): SceneRequest[] {
  return MODALITIES.flatMap((modality) => {
    const readers = models.filter(({ modalities }) => modalities.includes(modality));
    if (readers.length === 0) return [];
    const query = queryName(sceneQueryId(models, parameters, modality));
    return [{ modality, models: readers.map(({ id }) => id), query }];
  });
}
