import { z } from '@hono/zod-openapi';
import { modelFilePathSchema } from '../../contract/models.ts';
import { ServiceError } from '../../services/service-error.ts';
import { matchesEtag } from '../http/http-cache.ts';
import { notModified } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const getModelFile = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/models/{id}/files/{name}',
    operationId: 'getModelFile',
    tags: ['Models'],
    summary: 'Download a file of a model',
    request: { params: modelFilePathSchema },
    responses: {
      200: {
        description: 'The ONNX file; its sha256 is the ETag.',
        content: {
          'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) },
        },
      },
      304: notModified,
    },
  },
  policy: READ,
  handler:
    ({ models }) =>
    async (c) => {
      const { id, name } = c.req.valid('param');
      const card = await models.card(id);
      const { model, encoder } = card.files;
      const file = [model, encoder].find((candidate) => candidate?.name === name);
      if (!file) throw new ServiceError('not-found', `model "${id}" has no file ${name}`);

      // Tagged before it is read: a client that has the file costs nothing.
      const etag = `"${file.sha256}"`;
      if (matchesEtag(etag, c.req.header('if-none-match'))) return c.body(null, 304, { etag });
      return c.body((await models.file(card, name)).stream(), 200, {
        etag,
        'content-type': 'application/octet-stream',
        'content-length': String(file.bytes),
      });
    },
});
