import { z } from 'zod';
import { pinsDigest } from '../../contract/model-reference.ts';
import { modelPathSchema } from '../../contract/models.ts';
import { huggingFaceArchive } from '../../services/huggingface-archive.ts';
import { CODE_VERSION } from '../code-version.ts';
import { CACHE_CONTROL, etagOf, matchesEtag } from '../http/http-cache.ts';
import { notModified } from '../http/openapi-responses.ts';
import { COMPUTE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const getHuggingFaceArchive = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/models/{id}/huggingface.zip',
    operationId: 'getHuggingFaceArchive',
    tags: ['Models'],
    summary: 'Download a model for Hugging Face transformers',
    description:
      'A repository of a `GPTNeoXForCausalLM` that computes the same logits for text: safetensors, ' +
      'configuration, tokenizer and model card, in one folder. Imported models have none.',
    request: { params: modelPathSchema },
    responses: {
      200: {
        description: 'The archive. The same model gives the same bytes.',
        content: { 'application/zip': { schema: z.string().meta({ format: 'binary' }) } },
      },
      304: notModified,
    },
  },
  policy: COMPUTE,
  handler:
    ({ models }) =>
    async (c) => {
      const { id } = c.req.valid('param');
      const card = await models.card(id);
      // Tagged before it is made: a client that has the archive costs nothing.
      const etag = await etagOf({ code: CODE_VERSION, card });
      const cache = CACHE_CONTROL[pinsDigest(id) ? 'immutable' : 'revalidate'];
      const headers = { etag, 'cache-control': cache };
      if (matchesEtag(etag, c.req.header('if-none-match'))) return c.body(null, 304, headers);
      return c.body(await huggingFaceArchive(models, card), 200, {
        ...headers,
        'content-type': 'application/zip',
        'content-disposition': `attachment; filename="${card.id}.zip"`,
      });
    },
});
