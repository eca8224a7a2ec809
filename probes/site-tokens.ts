import type { ObjectRole, Site } from '../contract/intervention-documents.ts';
import type { PackedPrompt } from '../task/prompt.ts';
import type { Scene } from '../task/scene.ts';
import { SpecError, type Modality } from '../task/spec.ts';
import { objectTokens, tokenIndexOf } from './object-tokens.ts';

/** A prompt, and its objects that have a role in a pair. */
export interface PromptWithRoles {
  readonly scene: Scene;
  readonly prompt: PackedPrompt;
  readonly modality: Modality;
  readonly grid: number;
  readonly objects: Readonly<Partial<Record<ObjectRole, number>>>;
}

/**
 * The indices of a site's tokens in a prompt.
 *
 * @throws SpecError where the prompt has no such token
 */
export function siteTokens(tokens: Site['tokens'], row: PromptWithRoles): readonly number[] {
  const { prompt, scene, modality, grid } = row;
  if (Array.isArray(tokens)) {
    const last = prompt.tokens.length - 1;
    const wrong = tokens.find((token) => token > last);
    if (wrong === undefined) return tokens;
    throw new SpecError(`a token of this prompt must be from 0 to ${last}, not ${wrong}`);
  }
  if (typeof tokens === 'string') {
    const found = prompt.roles.flatMap((role, index) => (role === tokens ? [index] : []));
    if (found.length > 0) return found;
    const roles = [...new Set(prompt.roles)].join(', ');
    throw new SpecError(`this prompt has no token with the role ${tokens}; its roles are ${roles}`);
  }
  const kinds = objectTokens(modality);
  const kind = kinds.find((one) => one === tokens.role);
  if (!kind) {
    throw new SpecError(
      `an object of this prompt has the roles ${kinds.join(', ')}, not ${tokens.role}`,
    );
  }
  const object = typeof tokens.object === 'number' ? tokens.object : row.objects[tokens.object];
  if (object === undefined) throw new SpecError(`this pair has no ${tokens.object} object`);
  if (object >= scene.objects.length) {
    throw new SpecError(`an object must be from 0 to ${scene.objects.length - 1}`);
  }
  return [tokenIndexOf(prompt, scene, grid, kind, object)];
}
