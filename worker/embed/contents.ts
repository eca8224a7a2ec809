import type { z } from 'zod';
import {
  embedComparisonSchema,
  embedMechanismSchema,
  type EmbedKind,
} from '../../contract/embeds.ts';
import type { Models } from '../models.ts';
import { invalidRequest } from '../validation.ts';
import { comparisonEmbed } from './comparison.ts';
import type { EmbedContent } from './document.ts';
import { mechanismEmbed } from './mechanism.ts';

/** What each embed shows, by the parameters of its address. */
const CONTENTS: Readonly<
  Record<EmbedKind, (models: Models, parameters: unknown) => Promise<EmbedContent>>
> = {
  comparison: (models, given) => comparisonEmbed(models, parsed(embedComparisonSchema, given)),
  mechanism: (models, given) => mechanismEmbed(models, parsed(embedMechanismSchema, given)),
};

/** @throws Problem where the parameters are bad, or a model is unknown or was not measured so */
export async function embedContent(
  models: Models,
  kind: EmbedKind,
  parameters: unknown,
): Promise<EmbedContent> {
  return CONTENTS[kind](models, parameters);
}

function parsed<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const result = schema.safeParse(given);
  if (!result.success) throw invalidRequest('query', result.error);
  return result.data;
}
