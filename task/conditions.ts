import type { AssociationOrder, Modality } from './spec.ts';

/** What a model is measured on: the modality of the context and the order of the associations. */
export interface Condition {
  readonly modality: Modality;
  readonly order: AssociationOrder;
}

/** Text in both orders; a picture has no order that associations could follow. */
const CONDITIONS: readonly Condition[] = [
  { modality: 'text', order: 'context' },
  { modality: 'text', order: 'shuffled' },
  { modality: 'image', order: 'shuffled' },
];

/** The conditions that a model with these modalities can be measured on. */
export function conditionsOf(modalities: readonly Modality[]): Condition[] {
  return CONDITIONS.filter(({ modality }) => modalities.includes(modality));
}

/** A condition in words: `text with associations in context order`. */
export const describeCondition = ({ modality, order }: Condition): string =>
  `${modality === 'text' ? 'text' : 'pictures'} with associations ` +
  (order === 'context' ? 'in context order' : 'shuffled');

/** Numbers of objects in and out of distribution, in words. */
export const RANGE_NAMES = { id: 'as in training', ood: 'beyond training' } as const;
