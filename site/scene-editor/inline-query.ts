import type { InlineQuery } from '../../contract/queries.ts';
import type { SceneEditorParameters } from '../../contract/page-parameters.ts';
import type { SiteModel } from '../../contract/pages.ts';
import { elementAt } from '../../task/element-at.ts';
import { readSceneText } from '../../contract/scene-text.ts';
import { objectNames, queryOf, type Query } from '../../task/query.ts';
import type { Scene, SceneObject } from '../../task/scene.ts';
import { MODALITIES, type QuerySpec } from '../../task/spec.ts';
import { sceneQueryOf, type SceneRequest } from '../explorer/plan.ts';

type Order = SceneEditorParameters['order'];

/** The scene of a list of objects. */
export function sceneOf(objects: readonly SceneObject[], order: Order): Scene {
  const indices = objects.map((_, object) => object);
  return {
    objects,
    associations: order === 'context' ? indices : indices.toReversed(),
    gaps: Array.from({ length: objects.length + 1 }, () => 0),
    asked: indices,
  };
}

export interface EditedScene {
  readonly objects: readonly SceneObject[];
  /** Index of the object asked about. */
  readonly asked: number;
  readonly order: Order;
  readonly grid: number;
}

/** The question about an edited scene. */
export const editedQuery = ({ objects, asked, order, grid }: EditedScene): Query =>
  queryOf(sceneOf(objects, order), asked, { modality: 'text', question: 'indirect', grid });

/** The initial scene: one object more than in training. */
export const INITIAL_SCENE = {
  objects: 9,
  sceneIndex: 0,
  questionIndex: 0,
  order: 'context',
} as const;

/** The objects of the editor: those of its address, or of the initial scene. */
export const editedObjects = (
  models: readonly SiteModel[],
  { scene }: Pick<SceneEditorParameters, 'scene'>,
): readonly SceneObject[] =>
  scene === undefined ? sceneQueryOf(models, INITIAL_SCENE).scene.objects : readSceneText(scene);

/** A query about an object of a scene, in full. */
export function toInlineQuery(
  { objects, associations }: Scene,
  asked: number,
  { modality, grid }: Pick<QuerySpec, 'modality' | 'grid'>,
): InlineQuery {
  return {
    modality,
    question: 'indirect',
    grid,
    objects: objects.map(({ row, column, ...object }) => ({ ...objectNames(object), row, column })),
    associations: associations.map((object) => objectNames(elementAt(objects, object)).shape),
    asked: objectNames(elementAt(objects, asked)).colour,
  };
}

/** The scene as text for all models, and as a picture for models with vision. */
export function editedSceneRequests(
  models: readonly SiteModel[],
  { objects, asked, order, grid }: EditedScene,
): SceneRequest[] {
  const scene = sceneOf(objects, order);
  return MODALITIES.flatMap((modality) => {
    const readers = models.filter(({ modalities }) => modalities.includes(modality));
    if (readers.length === 0) return [];
    const query = toInlineQuery(scene, asked, { modality, grid });
    return [{ modality, models: readers.map(({ id }) => id), query }];
  });
}
