import { createRoute } from '@hono/zod-openapi';
import type { ModelCard } from '../../contract/card.ts';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import { serverReadySchema } from '../../contract/open-inference.ts';
import { requireReady } from '../../services/readiness.ts';
import { json, problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v2/health/ready',
  operationId: 'serverReady',
  tags: ['Open Inference Protocol'],
  summary: 'Whether every model answers',
  description:
    'Each model is asked a query, once in every isolate: all of them at once do not fit into its memory. ' +
    'Those that have answered must still have their file. 503 where one cannot be loaded.',
  request: { query: noParametersSchema },
  responses: { 200: json('All have answered.', serverReadySchema), ...problems },
});

export const serverReady: Route = (app, { models }) => {
  /** Files of models that have answered in this isolate. */
  const answered = new Set<string>();
  return app.openapi(route, async (c) => {
    for (const card of await models.list()) {
      const files = filesOf(card);
      if (answered.has(files)) await (await models.file(card, 'model.onnx')).stream().cancel();
      else await requireReady(models, card);
      answered.add(files);
    }
    return c.json({ live: true, ready: true }, 200);
  });
};

const filesOf = ({ files }: ModelCard): string =>
  `${files.model.sha256} ${files.encoder?.sha256 ?? ''}`;
