import { embedMechanismSchema, embedSceneSchema } from '../../contract/embeds.ts';
import type { Locale, Theme } from '../../contract/theme-locale.ts';
import type { MechanismParameters, ExplorerParameters, SiteModel } from '../../contract/pages.ts';
import { addressOf } from './address.ts';

/** Where the embeds are that show what pages show. */

export interface EmbedStyle {
  readonly theme: Theme;
  readonly locale: Locale;
}

const DEFAULT_STYLE: EmbedStyle = { theme: 'auto', locale: 'en' };

type Named = readonly Pick<SiteModel, 'id'>[];

/** @param asked the models of the page */
export const sceneEmbedAddress = (parameters: ExplorerParameters, asked: Named, looks = DEFAULT_STYLE): string =>
  addressOf('/embed/scene', embedSceneSchema, {
    ...parameters,
    // Where none are named, both choose the same.
    models: parameters.models && asked.map(({ id }) => id),
    ...looks,
  });

/** @param asked the models of the page */
export const mechanismEmbedAddress = (
  { modality, order }: Pick<MechanismParameters, 'modality' | 'order'>,
  asked: Named,
  looks = DEFAULT_STYLE,
): string =>
  addressOf('/embed/mechanism', embedMechanismSchema, {
    models: asked.map(({ id }) => id),
    modality,
    order,
    ...looks,
  });
