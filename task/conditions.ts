import type { AssociationOrder, Modality } from './spec.ts';

/** What a model is measured under: how it is shown the context, in which order the associations stand. */
export interface Condition {
  readonly modality: Modality;
  readonly order: AssociationOrder;
}

/** Text both ways; a picture has no order that associations could follow. */
const CONDITIONS: readonly Condition[] = [
  { modality: 'text', order: 'context' },
  { modality: 'text', order: 'shuffled' },
  { modality: 'image', order: 'shuffled' },
];

/** The conditions that a model of these modalities can be put under. */
export function conditionsOf(modalities: readonly Modality[]): Condition[] {
  return CONDITIONS.filter(({ modality }) => modalities.includes(modality));
}
