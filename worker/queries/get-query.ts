import { createRoute, z } from '@hono/zod-openapi';
import { queryPathSchema, querySchema } from '../../contract/queries.ts';
import { noParametersSchema } from '../../contract/url-parameters.ts';
import { picturePng, pictureSvg, renderPicture } from '../../task/picture.ts';
import { parseQueryName, type QueryId } from '../../task/query.ts';
import { generateScene } from '../../task/scene.ts';
import { SpecError } from '../../task/spec.ts';
import { ServiceError } from '../../services/service-error.ts';
import { queryResource } from '../../services/query-resource.ts';
import { problems } from '../http/openapi-responses.ts';
import type { Route } from '../services.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/queries/{file}',
  operationId: 'getQuery',
  tags: ['Queries'],
  summary: 'One query, or its picture',
  description:
    'Text and image queries are mirrors of each other: either has the picture of its scene.',
  request: { params: queryPathSchema, query: noParametersSchema },
  responses: {
    200: {
      description: 'The query; with `.svg` or `.png` behind its name, its picture.',
      content: {
        'application/json': { schema: querySchema },
        'image/svg+xml': { schema: z.string() },
        'image/png': { schema: z.string().meta({ format: 'binary' }) },
      },
    },
    ...problems,
  },
});

export const getQuery: Route = (app) =>
  app.openapi(route, (c) => {
    const { file } = c.req.valid('param');
    const [, name, extension] = /^(.*?)(?:\.(svg|png))?$/s.exec(file) ?? ['', file];
    const id = namedQuery(name);
    if (extension === undefined) return c.json(queryResource(id), 200);

    const { grid } = id.spec;
    const { objects } = generateScene(id.spec, id.seed, id.index);
    if (extension === 'svg') {
      return c.body(pictureSvg(objects, grid), 200, { 'content-type': 'image/svg+xml' });
    }
    const png = new Uint8Array(picturePng(renderPicture(objects, grid)));
    return c.body(png, 200, { 'content-type': 'image/png' });
  });

function namedQuery(name: string): QueryId {
  try {
    return parseQueryName(name);
  } catch (error) {
    if (error instanceof SpecError) throw new ServiceError('unknown-query', error.message);
    throw error;
  }
}
