import type { ModelCard } from '../../contract/card.ts';
import type { Mechanism } from '../../probes/interpretation.ts';
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

/** What patching shows, for visitors. */
export const MECHANISM_SENTENCES: Readonly<Record<Mechanism, string>> = {
  positional: 'It binds by place.',
  symbolic: 'It binds by shape.',
  both: 'The measurement cannot say whether it binds by place or by shape.',
  neither: 'Neither place nor shape explains most answers.',
  unknown: 'It solves no pair, so its mechanism is unknown.',
};
