import type { InlineQuery } from '../../contract/queries.ts';
import type { SceneEditorParameters, SiteModel } from '../../contract/pages.ts';
import { objectNames } from '../../task/query.ts';
import type { Scene, SceneObject } from '../../task/scene.ts';
import { MODALITIES, type QuerySpec } from '../../task/spec.ts';
import type { SceneRequest } from '../explorer/plan.ts';

type Order = SceneEditorParameters['order'];

/** The scene that objects make. */
export function sceneOf(objects: readonly SceneObject[], order: Order): Scene {
  const places = objects.map((_, object) => object);
  return {
    objects,
    associations: order === 'context' ? places : places.toReversed(),
    gaps: Array.from({ length: objects.length + 1 }, () => 0),
    asked: places,
  };
}

export interface EditedScene {
  readonly objects: readonly SceneObject[];
  readonly questionIndex: number;
  readonly order: Order;
  readonly grid: number;
}

/** A query about an object of a scene, written out. */
export function toInlineQuery(
  { objects, associations }: Scene,
  ask: number,
  { modality, grid }: Pick<QuerySpec, 'modality' | 'grid'>,
): InlineQuery {
  return {
    modality,
    question: 'indirect',
    grid,
    objects: objects.map(({ row, column, ...object }) => ({ ...objectNames(object), row, column })),
    associations: associations.map((object) => objectNames(objects[object]).shape),
    asked: objectNames(objects[ask]).colour,
  };
}

/** The same scene as text for all, and as a picture for those who see. */
export function editedSceneRequests(asked: readonly SiteModel[], built: EditedScene): SceneRequest[] {
  const { objects, questionIndex, order, grid } = built;
  const scene = sceneOf(objects, order);
  return MODALITIES.flatMap((modality) => {
    const able = asked.filter(({ modalities }) => modalities.includes(modality));
    if (able.length === 0) return [];
    return [
      {
        modality,
        models: able.map(({ id }) => id),
        query: toInlineQuery(scene, questionIndex, { modality, grid }),
      },
    ];
  });
}
