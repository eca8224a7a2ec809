import { z } from '@hono/zod-openapi';
import { referenceFilePathSchema } from '../../contract/pages.ts';
import { ServiceError } from '../../services/service-error.ts';
import { html } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { REFERENCE_START, referencePage } from './reference-page.ts';

export const reference = defineRoute({
  contract: {
    method: 'get',
    path: '/reference',
    operationId: 'reference',
    tags: ['Pages'],
    summary: 'The API reference',
    responses: { 200: html },
  },
  policy: { ...READ, content: 'reference' },
  handler: () => (c) => c.html(referencePage(), 200),
});

const TYPES = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' } as const;

export const referenceFile = defineRoute({
  contract: {
    method: 'get',
    path: '/reference/{file}',
    operationId: 'referenceFile',
    tags: ['Pages'],
    summary: 'Scripts and styles of the API reference',
    hide: true,
    request: { params: referenceFilePathSchema },
    responses: {
      200: {
        description: 'The file.',
        content: {
          'text/javascript': { schema: z.string() },
          'text/css': { schema: z.string() },
        },
      },
    },
  },
  policy: READ,
  handler:
    ({ assets }) =>
    async (c) => {
      const { file } = c.req.valid('param');
      const headers = { 'content-type': file.endsWith('.css') ? TYPES.css : TYPES.js };
      if (file === 'start.js') return c.body(REFERENCE_START, 200, headers);
      const content = await assets.read(`_reference/${file}`);
      if (!content)
        throw new ServiceError('not-found', `this deployment was built without ${file}`);
      return c.body(content.stream(), 200, headers);
    },
});
