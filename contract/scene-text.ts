import { z } from 'zod';
import type { SceneObject } from '../task/scene.ts';
import { LIMITS } from '../task/spec.ts';

/**
 * A scene in a URL: objects in the order of the context, each as its colour, shape, item, row and column,
 * such as `0.12.3.1.5_4.7.0.2.2`.
 */
export const sceneTextSchema = z
  .string()
  .regex(
    /^(\d{1,3}(\.\d{1,3}){4}(_\d{1,3}(\.\d{1,3}){4})*)?$/,
    'scene must be a list of objects such as 0.12.3.1.5_4.7.0.2.2',
  )
  .refine((text) => isScene(readSceneText(text)), {
    error:
      'every object of scene must be in the vocabulary, and no colour, shape, item or cell may repeat',
  });

export function readSceneText(text: string): SceneObject[] {
  if (text === '') return [];
  return text.split('_').map((object) => {
    const [colour = 0, shape = 0, item = 0, row = 0, column = 0] = object.split('.').map(Number);
    return { colour, shape, item, row, column };
  });
}

export const writeSceneText = (objects: readonly SceneObject[]): string =>
  objects
    .map(({ colour, shape, item, row, column }) => [colour, shape, item, row, column].join('.'))
    .join('_');

function isScene(objects: readonly SceneObject[]): boolean {
  const unique = (of: (object: SceneObject) => number) =>
    new Set(objects.map(of)).size === objects.length;
  return (
    objects.length <= LIMITS.objects &&
    objects.every(
      ({ colour, shape, item, row, column }) =>
        colour < LIMITS.colours &&
        shape < LIMITS.shapes &&
        item < LIMITS.items &&
        Math.max(row, column) < LIMITS.grid,
    ) &&
    unique(({ colour }) => colour) &&
    unique(({ shape }) => shape) &&
    unique(({ item }) => item) &&
    unique(({ row, column }) => row * LIMITS.grid + column)
  );
}
