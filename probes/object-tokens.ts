import { OBJECT_TOKENS } from '../contract/probes.ts';
import type { PackedPrompt } from '../task/prompt.ts';
import type { Scene } from '../task/scene.ts';
import type { Modality } from '../task/spec.ts';

/** A kind of token of which each object has one. */
export type ObjectToken = (typeof OBJECT_TOKENS)[number];

/** The kinds that a prompt has: a picture has patches where a text has names. */
export function objectTokens(modality: Modality): ObjectToken[] {
  const absent: readonly ObjectToken[] = modality === 'image' ? ['colour', 'shape'] : ['patch'];
  return OBJECT_TOKENS.filter((token) => !absent.includes(token));
}

/**
 * Where an object's token stands in a prompt.
 *
 * @param grid cells per side of the picture
 * @param object its place in the context
 */
export function tokenIndexOf(
  prompt: PackedPrompt,
  scene: Scene,
  grid: number,
  token: ObjectToken,
  object: number,
): number {
  const { row, column } = scene.objects[object];
  const nth = {
    colour: object,
    shape: object,
    patch: row * grid + column,
    'association-shape': scene.associations.indexOf(object),
    'association-item': scene.associations.indexOf(object),
  }[token];
  const places = prompt.roles.flatMap((role, place) => (role === token ? [place] : []));
  return places[nth];
}
