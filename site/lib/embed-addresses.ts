import { embedMechanismSchema, embedSceneSchema } from '../../contract/embeds.ts';
import type { Locale, Theme } from '../../contract/theme-locale.ts';
import type { MechanismParameters, ExplorerParameters, SiteModel } from '../../contract/pages.ts';
import { addressOf } from './address.ts';

/** Where the embeds are that show what pages show. */

export interface Looks {
  readonly theme: Theme;
  readonly locale: Locale;
}

const USUAL: Looks = { theme: 'auto', locale: 'en' };

type Named = readonly Pick<SiteModel, 'id'>[];

/** @param asked the models of the page */
export const embedOfRound = (parameters: ExplorerParameters, asked: Named, looks = USUAL): string =>
  addressOf('/embed/scene', embedSceneSchema, {
    ...parameters,
    // Where none are named, both choose the same.
    models: parameters.models && asked.map(({ id }) => id),
    ...looks,
  });

/** @param asked the models of the page */
export const embedOfInside = (
  { modality, order }: Pick<MechanismParameters, 'modality' | 'order'>,
  asked: Named,
  looks = USUAL,
): string =>
  addressOf('/embed/mechanism', embedMechanismSchema, {
    models: asked.map(({ id }) => id),
    modality,
    order,
    ...looks,
  });
