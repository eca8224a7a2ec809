import {
  embedComparisonSchema,
  embedMechanismSchema,
  embedSceneSchema,
} from '../../contract/embeds.ts';
import type { ExplorerParameters, SceneEditorParameters } from '../../contract/page-parameters.ts';
import type { SiteModel } from '../../contract/pages.ts';
import type { Locale, Theme } from '../../contract/theme-locale.ts';
import type { Condition } from '../../task/conditions.ts';
import { writeSceneText } from '../../contract/scene-text.ts';
import { editedObjects } from '../scene-editor/inline-query.ts';
import { addressOf } from './address.ts';

/** Addresses of the embeds that show the same as a page. */

export interface EmbedStyle {
  readonly theme: Theme;
  readonly locale: Locale;
}

const DEFAULT_STYLE: EmbedStyle = { theme: 'auto', locale: 'en' };

type Models = readonly Pick<SiteModel, 'id'>[];

/** @param models the models of the page */
export const sceneEmbedAddress = (
  parameters: ExplorerParameters,
  models: Models,
  style = DEFAULT_STYLE,
): string =>
  addressOf('/embed/scene', embedSceneSchema, {
    ...parameters,
    // Without names, page and embed choose the same models.
    models: parameters.models && models.map(({ id }) => id),
    ...style,
  });

/** @param models the models of the scene editor */
export const editedSceneEmbedAddress = (
  parameters: SceneEditorParameters,
  models: readonly SiteModel[],
  style = DEFAULT_STYLE,
): string =>
  addressOf('/embed/scene', embedSceneSchema, {
    ...embedSceneSchema.parse({}),
    scene: writeSceneText(editedObjects(models, parameters)),
    questionIndex: parameters.questionIndex,
    order: parameters.order,
    models: parameters.models && models.map(({ id }) => id),
    ...style,
  });

/** @param reference the model of the page */
export const comparisonEmbedAddress = (reference: string, style = DEFAULT_STYLE): string =>
  addressOf('/embed/comparison', embedComparisonSchema, {
    ...embedComparisonSchema.parse({}),
    models: [reference],
    ...style,
  });

/** @param models the models of the page */
export const mechanismEmbedAddress = (
  { modality, order }: Condition,
  models: Models,
  style = DEFAULT_STYLE,
): string =>
  addressOf('/embed/mechanism', embedMechanismSchema, {
    models: models.map(({ id }) => id),
    modality,
    order,
    ...style,
  });
