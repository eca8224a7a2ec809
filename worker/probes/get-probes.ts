import { createRoute, z } from '@hono/zod-openapi';
import { accepts } from 'hono/accepts';
import { modelPathSchema } from '../../contract/models.ts';
import { getProbesSchema, probesResponseSchema } from '../../contract/interventions.ts';
import { summariseProbes } from '../../probes/interpretation.ts';
import { onlySection, probedModel } from '../../services/probe-results.ts';
import { problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';
import { drawSection } from './section-plot.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/models/{id}/probes',
  operationId: 'getProbes',
  tags: ['Mechanism'],
  summary: 'What the probes found in a model',
  description:
    'All that was measured, or one section, with a reading in words. With ' +
    '`Accept: image/svg+xml`, the plot of the section, by default that of the interchange.',
  request: { params: modelPathSchema, query: getProbesSchema },
  responses: {
    200: {
      description: 'The results, or their plot.',
      content: {
        'application/json': { schema: probesResponseSchema },
        'image/svg+xml': { schema: z.string() },
      },
    },
    ...problems,
  },
});

export const getProbes: Route = (app, { models }) =>
  app.openapi(route, async (c) => {
    const { section } = c.req.valid('query');
    const { probes } = await probedModel(models, c.req.valid('param').id);
    c.header('vary', 'accept');
    const type = accepts(c, {
      header: 'Accept',
      supports: ['application/json', 'image/svg+xml'],
      default: 'application/json',
    });
    if (type === 'image/svg+xml') {
      return c.body(drawSection(probes, section ?? 'interchange'), 200, { 'content-type': type });
    }
    const shown = section ? onlySection(probes, section) : probes;
    return c.json({ ...shown, summary: summariseProbes(probes, section) }, 200);
  });
