import { z } from 'zod';
import { publishedSchema, schemaPathSchema } from '../../contract/published-schemas.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

const MEDIA_TYPE = 'application/schema+json';

export const getSchema = defineRoute({
  contract: {
    method: 'get',
    path: '/schemas/{name}',
    operationId: 'getSchema',
    tags: ['Models'],
    summary: 'JSON Schema of a file: report of a check, baseline, or model card',
    description: 'The number in the name is the version of the form.',
    request: { params: schemaPathSchema },
    responses: {
      200: {
        description: 'A JSON Schema, draft 2020-12.',
        content: { [MEDIA_TYPE]: { schema: z.record(z.string(), z.unknown()) } },
      },
    },
  },
  policy: READ,
  handler: () => (c) => {
    const schema = publishedSchema(c.req.valid('param').name);
    return c.json(schema, 200, { 'content-type': MEDIA_TYPE });
  },
});
