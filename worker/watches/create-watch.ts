import { createdWatchSchema, createWatchSchema, WATCH_LIMITS } from '../../contract/watches.ts';
import { requireWatches } from '../../services/watches/watches.ts';
import { json, jsonBody } from '../http/openapi-responses.ts';
import { publicUrl } from '../http/public-url.ts';
import { writePolicy } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const createWatch = defineRoute({
  contract: {
    method: 'post',
    path: '/v1/watches',
    operationId: 'createWatch',
    tags: ['Watches'],
    summary: 'Check a deployment against a baseline on a schedule',
    description:
      'The models of this deployment, or of another one. `Location` has the address. An equal request gets the ' +
      'watch that exists.',
    request: { body: jsonBody(createWatchSchema) },
    responses: {
      200: json('The watch exists already.', createdWatchSchema),
      201: json('The watch, and what signs its notices.', createdWatchSchema),
    },
  },
  policy: { ...writePolicy('watch'), bodyBytes: WATCH_LIMITS.bodyBytes },
  handler:
    ({ watches }) =>
    async (c) => {
      const service = requireWatches(watches);
      const { origin } = publicUrl(c.req);
      const { created, watch, secret } = await service.create(c.req.valid('json'), origin);
      c.header('location', `/v1/watches/${watch.id}`);
      return created ? c.json({ ...watch, secret }, 201) : c.json({ ...watch, secret }, 200);
    },
});
