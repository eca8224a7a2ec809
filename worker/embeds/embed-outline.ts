import {
  embedComparisonSchema,
  embedMechanismSchema,
  embedSceneSchema,
  type EmbedKind,
} from '../../contract/embeds.ts';
import type { Models } from '../../services/models.ts';
import { parseQuery } from '../http/request-validation.ts';
import { accuracyEmbed } from './accuracy-embed.ts';
import type { EmbedOutline } from './embed-document.ts';
import { mechanismEmbed } from './mechanism-embed.ts';
import { planScene, sceneOutline } from './scene-embed.ts';

const OUTLINES: Readonly<
  Record<EmbedKind, (models: Models, parameters: unknown) => Promise<EmbedOutline>>
> = {
  comparison: (models, given) => accuracyEmbed(models, parseQuery(embedComparisonSchema, given)),
  scene: async (models, given) =>
    sceneOutline(await planScene(models, parseQuery(embedSceneSchema, given))),
  mechanism: (models, given) => mechanismEmbed(models, parseQuery(embedMechanismSchema, given)),
};

/**
 * Title and height of an embed, without running a model.
 *
 * @param parameters of its address
 * @throws ServiceError where the embed itself would be an error
 */
export async function embedOutline(
  models: Models,
  kind: EmbedKind,
  parameters: unknown,
): Promise<EmbedOutline> {
  return OUTLINES[kind](models, parameters);
}
