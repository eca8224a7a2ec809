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
