import {
  publishParametersSchema,
  publishResponseSchema,
  registeredPathSchema,
  REGISTRY_LIMITS,
  UPLOAD_PARTS,
} from '../../contract/registry.ts';
import { requireRegistry } from '../../services/registry/registry.ts';
import { readSubmission } from '../../services/registry/submission.ts';
import { ServiceError } from '../../services/service-error.ts';
import { json } from '../http/openapi-responses.ts';
import { writePolicy } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { requireScope } from '../middleware/authentication.ts';

const parts = Object.entries(UPLOAD_PARTS);

/** Described, not validated by Hono: the service reports all invalid parts at once. */
const uploadSchema = {
  type: 'object' as const,
  required: parts.filter(([, { required }]) => required).map(([name]) => name),
  properties: Object.fromEntries(
    parts.map(([name, { bytes }]) => [
      name,
      { type: 'string' as const, format: 'binary', maxLength: bytes },
    ]),
  ),
};

export const publishVersion = defineRoute({
  contract: {
    method: 'post',
    path: '/v1/registry/{id}/versions',
    operationId: 'publishVersion',
    tags: ['Registry'],
    summary: 'Publish a version of a model',
    description:
      'The files of a folder in `models/`, each as a part with its name. The deployment checks sizes and ' +
      'digests against the card, checks the graphs, and answers a query with the model before it stores ' +
      'anything. Publishing the same files again returns the existing version. With `alias`, the token ' +
      'needs the scope `promote` too.',
    request: {
      params: registeredPathSchema,
      query: publishParametersSchema,
      body: { required: true, content: { 'multipart/form-data': { schema: uploadSchema } } },
    },
    responses: {
      200: json('These files were published before.', publishResponseSchema),
      201: json('The new version.', publishResponseSchema),
    },
  },
  policy: { ...writePolicy('publish'), cost: 'compute', bodyBytes: REGISTRY_LIMITS.uploadBytes },
  handler:
    ({ registry: configured }) =>
    async (c) => {
      const registry = requireRegistry(configured);
      const { id } = c.req.valid('param');
      const query = c.req.valid('query');
      const { name: who } = requireScope(c, 'publish');
      if (query.alias !== undefined) requireScope(c, 'promote');
      const submission = await readSubmission(await partsOf(c.req.raw), id);
      const { created, response } = await registry.publish(submission, { who, ...query });
      if (!created) return c.json(response, 200);
      c.header('location', `/v1/registry/${id}/versions/${response.version}`);
      return c.json(response, 201);
    },
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
