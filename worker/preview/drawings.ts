import type { z } from 'zod';
import type { EmbedKind, previewSchemas } from '../../contract/embeds.ts';
import { previewAccuracy, previewMechanism } from '../../plots/preview.ts';
import { FIGURE_WORDS, titleOf } from '../../plots/words.ts';
import { measuredAccuracy } from '../accuracy.ts';
import { measuredMechanism } from '../mechanism.ts';
import type { Models } from '../models.ts';

type Requests = { [K in EmbedKind]: z.output<(typeof previewSchemas)[K]> };

/**
 * The picture of a link, as SVG.
 *
 * @param host of the deployment
 * @throws Problem where a model is unknown, or was not measured so
 */
export const PREVIEWS: {
  readonly [K in EmbedKind]: (
    models: Models,
    request: Requests[K],
    host: string,
  ) => Promise<string>;
} = {
  comparison: async (models, request, host) => {
    const title = titleOf(request, request.locale);
    return previewAccuracy({ ...request, title, host }, await measuredAccuracy(models, request));
  },
  mechanism: async (models, request, host) => {
    const title = FIGURE_WORDS[request.locale].mechanism;
    return previewMechanism({ ...request, title, host }, await measuredMechanism(models, request));
  },
};
