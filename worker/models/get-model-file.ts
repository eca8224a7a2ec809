import { createRoute, z } from '@hono/zod-openapi';
import { modelFilePathSchema } from '../../contract/models.ts';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import { ServiceError } from '../../services/service-error.ts';
import { problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';
import { matchesEtag } from '../http/http-cache.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/models/{id}/files/{name}',
  operationId: 'getModelFile',
  tags: ['Models'],
  summary: 'A file of a model',
  request: { params: modelFilePathSchema, query: noParametersSchema },
  responses: {
    200: {
      description: 'The ONNX file; its sha256 is the ETag.',
      content: {
        'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) },
      },
    },
    304: { description: 'The client has it already.' },
    ...problems,
  },
});

export const getModelFile: Route = (app, { models }) =>
  app.openapi(route, async (c) => {
    const { id, name } = c.req.valid('param');
    const card = await models.card(id);
    const file = Object.values(card.files).find((candidate) => candidate?.name === name);
    if (!file) throw new ServiceError('not-found', `model "${id}" has no file ${name}`);

    const etag = `"${file.sha256}"`;
    if (matchesEtag(etag, c.req.header('if-none-match'))) return c.body(null, 304, { etag });
    return c.body((await models.file(card, name)).stream(), 200, {
      etag,
      'content-type': 'application/octet-stream',
      'content-length': String(file.bytes),
    });
  });
