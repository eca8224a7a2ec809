import {
  embedComparisonSchema,
  embedMechanismSchema,
  embedSceneSchema,
  type EmbedKind,
} from '../../contract/embeds.ts';
import type { Models } from '../../services/models.ts';
import { parsedQuery } from '../http/request-validation.ts';
import { comparisonEmbed } from './comparison.ts';
import type { EmbedOutline } from './document.ts';
import { mechanismEmbed } from './mechanism.ts';
import { planScene, sceneOutline } from './scene.ts';

/** What each embed is, by the parameters of its address. */
const OUTLINES: Readonly<
  Record<EmbedKind, (models: Models, parameters: unknown) => Promise<EmbedOutline>>
> = {
  comparison: (models, given) => comparisonEmbed(models, parsedQuery(embedComparisonSchema, given)),
  scene: async (models, given) =>
    sceneOutline(await planScene(models, parsedQuery(embedSceneSchema, given))),
  mechanism: (models, given) => mechanismEmbed(models, parsedQuery(embedMechanismSchema, given)),
};

/** @throws ServiceError where the page would be one */
export async function embedOutline(
  models: Models,
  kind: EmbedKind,
  parameters: unknown,
): Promise<EmbedOutline> {
  return OUTLINES[kind](models, parameters);
}
