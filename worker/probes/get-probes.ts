import { z } from '@hono/zod-openapi';
import { accepts } from 'hono/accepts';
import { getProbesSchema, probesResponseSchema } from '../../contract/probe-results.ts';
import { modelPathSchema } from '../../contract/models.ts';
import { summariseProbes } from '../../probes/interpretation.ts';
import { onlySection, probedModel } from '../../services/probe-results.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { drawSection } from './section-plot.ts';

export const getProbes = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/models/{id}/probes',
    operationId: 'getProbes',
    tags: ['Mechanism'],
    summary: 'Get the probe results of a model',
    description:
      'All results, or one section, with a summary in words. With `Accept: image/svg+xml`, the plot of ' +
      'the section, by default of the interchange.',
    request: { params: modelPathSchema, query: getProbesSchema },
    responses: {
      200: {
        description: 'The results, or their plot.',
        content: {
          'application/json': { schema: probesResponseSchema },
          'image/svg+xml': { schema: z.string() },
        },
      },
    },
  },
  policy: READ,
  handler:
    ({ models }) =>
    async (c) => {
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
      const results = section ? onlySection(probes, section) : probes;
      return c.json({ ...results, summary: summariseProbes(probes, section) }, 200);
    },
});
