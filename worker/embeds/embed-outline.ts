import {
  embedComparisonSchema,
  embedMechanismSchema,
  embedSceneSchema,
  type EmbedKind,
} from '../../contract/embeds.ts';
import type { Models } from '../../services/models.ts';
import { parseQuery } from '../http/request-validation.ts';
import { addressOf } from '../../site/lib/address.ts';
import { accuracyEmbed } from './accuracy-embed.ts';
import { EMBEDS } from './addresses.ts';
import type { EmbedOutline } from './embed-document.ts';
import { mechanismEmbed } from './mechanism-embed.ts';
import { planScene, sceneOutline } from './scene-embed.ts';

/** An embed and its address, without parameters that it does not know or that have their default. */
export interface AddressedOutline extends EmbedOutline {
  readonly address: string;
}

const OUTLINES: Readonly<
  Record<EmbedKind, (models: Models, parameters: unknown) => Promise<AddressedOutline>>
> = {
  comparison: async (models, given) => {
    const request = parseQuery(embedComparisonSchema, given);
    const address = addressOf(EMBEDS.comparison.path, embedComparisonSchema, request);
    return { ...(await accuracyEmbed(models, request)), address };
  },
  scene: async (models, given) => {
    const request = parseQuery(embedSceneSchema, given);
    const address = addressOf(EMBEDS.scene.path, embedSceneSchema, request);
    return { ...sceneOutline(await planScene(models, request)), address };
  },
  mechanism: async (models, given) => {
    const request = parseQuery(embedMechanismSchema, given);
    const address = addressOf(EMBEDS.mechanism.path, embedMechanismSchema, request);
    return { ...(await mechanismEmbed(models, request)), address };
  },
};

/**
 * Title, height and address of an embed, without running a model.
 *
 * @param parameters of its address
 * @throws ServiceError where the embed itself would be an error
 */
export async function embedOutline(
  models: Models,
  kind: EmbedKind,
  parameters: unknown,
): Promise<AddressedOutline> {
  return OUTLINES[kind](models, parameters);
}
