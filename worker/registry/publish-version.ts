import { createRoute } from '@hono/zod-openapi';
import {
  publishParametersSchema,
  publishResponseSchema,
  registeredPathSchema,
  UPLOAD_PARTS,
} from '../../contract/registry.ts';
import { ServiceError } from '../../services/service-error.ts';
import { requireRegistry } from '../../services/registry/registry.ts';
import { readSubmission } from '../../services/registry/submission.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';
import { needsToken } from '../middleware/authentication.ts';

const parts = Object.entries(UPLOAD_PARTS);

const route = createRoute({
  method: 'post',
  path: '/v1/registry/{id}/versions',
  operationId: 'publishVersion',
  tags: ['Registry'],
  summary: 'Publish a version of a model',
  description:
    'The files of a folder of `models/`, each as the part of its name. Sizes and digests must be those ' +
    'of the card; the graphs are looked through, and the model has to answer a query, before anything ' +
    'is kept. Publishing the same again gives the same version.',
  security: needsToken,
  request: {
    params: registeredPathSchema,
    query: publishParametersSchema,
    body: {
      required: true,
      content: {
        'multipart/form-data': {
          schema: {
            type: 'object' as const,
            required: parts.filter(([, { required }]) => required).map(([name]) => name),
            properties: Object.fromEntries(
              parts.map(([name, { bytes }]) => [
                name,
                { type: 'string' as const, format: 'binary', maxLength: bytes },
              ]),
            ),
          },
        },
      },
    },
  },
  responses: {
    200: json('It has been published before.', publishResponseSchema),
    201: json('The new version.', publishResponseSchema),
    ...problems,
  },
});

export const publishVersion: Route = (app, { registry }) =>
  app.openapi(route, async (c) => {
    const shelf = requireRegistry(registry);
    const { id } = c.req.valid('param');
    const submission = await readSubmission(await partsOf(c.req.raw), id);
    const { created, response } = await shelf.publish(submission, c.req.valid('query'));
    if (!created) return c.json(response, 200);
    c.header('location', `/v1/registry/${id}/versions/${response.version}`);
    return c.json(response, 201);
  });

/** The parts of a form, by name and in order: a name may repeat. */
async function partsOf(request: Request): Promise<[string, Blob][]> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^multipart\/form-data\b/i.test(type)) {
    throw new ServiceError('unsupported-media-type', 'send the files as multipart/form-data');
  }
  try {
    const form = await request.formData();
    return Array.from(form.entries(), ([name, value]) => [
      name,
      typeof value === 'string' ? new Blob([value]) : value,
    ]);
  } catch (cause) {
    const detail = 'the body is not valid multipart/form-data';
    throw new ServiceError('invalid-request', detail, { cause });
  }
}
