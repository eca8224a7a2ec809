import { queryPicturePathSchema } from '../../contract/queries.ts';
import { picturePng, pictureSvg, renderPicture } from '../../task/picture.ts';
import { generateScene } from '../../task/scene.ts';
import { png, svg } from '../http/openapi-responses.ts';
import { FIGURE, RENDERED_FIGURE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { namedQuery } from './named-query.ts';

const DESCRIPTION =
  'Queries of both modalities have a picture: that of their scene, as image models read it.';

/** The objects of a query's scene, and the cells per side of its picture. */
function sceneOf(name: string) {
  const { spec, seed, index } = namedQuery(name);
  return { objects: generateScene(spec, seed, index).objects, grid: spec.grid };
}

export const getQuerySvg = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/queries/{name}.svg',
    operationId: 'getQuerySvg',
    tags: ['Queries'],
    summary: 'Draw the picture of a query as SVG',
    description: DESCRIPTION,
    request: { params: queryPicturePathSchema('svg') },
    responses: { 200: svg('The picture.') },
  },
  routingPath: '/v1/queries/:name{.+\\.svg}',
  policy: FIGURE,
  handler: () => (c) => {
    const { objects, grid } = sceneOf(c.req.valid('param').name);
    return c.body(pictureSvg(objects, grid), 200, { 'content-type': 'image/svg+xml' });
  },
});

export const getQueryPng = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/queries/{name}.png',
    operationId: 'getQueryPng',
    tags: ['Queries'],
    summary: 'Render the picture of a query as PNG',
    description: DESCRIPTION,
    request: { params: queryPicturePathSchema('png') },
    responses: { 200: png('The picture.') },
  },
  routingPath: '/v1/queries/:name{.+\\.png}',
  policy: RENDERED_FIGURE,
  handler: () => (c) => {
    const { objects, grid } = sceneOf(c.req.valid('param').name);
    const pixels = new Uint8Array(picturePng(renderPicture(objects, grid)));
    return c.body(pixels, 200, { 'content-type': 'image/png' });
  },
});
