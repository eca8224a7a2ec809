import { OBJECT_TOKENS } from '../contract/probes.ts';
import { elementAt } from '../task/element-at.ts';
import type { PackedPrompt } from '../task/prompt.ts';
import type { Scene } from '../task/scene.ts';
import type { Modality } from '../task/spec.ts';

/** A kind of token of which each object has one. */
export type ObjectToken = (typeof OBJECT_TOKENS)[number];

/** The kinds of a prompt: a picture has patches, a text has colours and shapes. */
export function objectTokens(modality: Modality): ObjectToken[] {
  const absent: readonly ObjectToken[] = modality === 'image' ? ['colour', 'shape'] : ['patch'];
  return OBJECT_TOKENS.filter((token) => !absent.includes(token));
}

/**
 * The index of an object's token in a prompt.
 *
 * @param grid cells per side of the picture
 * @param object its index in the context
 * @throws RangeError where the prompt has no such token
 */
export function tokenIndexOf(
  prompt: PackedPrompt,
  scene: Scene,
  grid: number,
  token: ObjectToken,
  object: number,
): number {
  const { row, column } = elementAt(scene.objects, object);
  const nth = {
    colour: object,
    shape: object,
    patch: row * grid + column,
    'association-shape': scene.associations.indexOf(object),
    'association-item': scene.associations.indexOf(object),
  }[token];
  const indices = prompt.roles.flatMap((role, index) => (role === token ? [index] : []));
  return elementAt(indices, nth);
}
