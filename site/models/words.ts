import type { ModelCard } from '../../contract/card.ts';
import type { Modality } from '../../task/spec.ts';

/** The address of the page of a model. @param reference an id, or one version of a model */
export const modelPageAddress = (reference: string): string => `/models/${reference}`;

const KINDS: Readonly<Record<ModelCard['kind'], string>> = {
  trained: 'trained by this project',
  imported: 'imported: trained elsewhere, measured here',
};

export const kindInWords = (kind: ModelCard['kind']): string => KINDS[kind];

const MODALITY_NAMES: Readonly<Record<Modality, string>> = { text: 'text', image: 'pictures' };

/** `text and pictures`. */
export const modalitiesInWords = (modalities: readonly Modality[]): string =>
  modalities.map((modality) => MODALITY_NAMES[modality]).join(' and ');
