import { queryPicturePathSchema, queryPngParametersSchema } from '../../contract/queries.ts';
import { figureParametersSchema } from '../../contract/theme-locale.ts';
import type { FigureStyle } from '../../plots/document.ts';
import { SCENE_LABELS } from '../../site/embed/scene-labels.ts';
import { picturePng, pictureSvg, renderPicture } from '../../task/picture.ts';
import { generateScene } from '../../task/scene.ts';
import { renderPng } from '../embeds/png.ts';
import { png, svg } from '../http/openapi-responses.ts';
import { FIGURE, RENDERED_FIGURE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { namedQuery } from './named-query.ts';

const DESCRIPTION =
  'Queries of both modalities have a picture: that of their scene, as image models read it. So its colours are ' +
  'the same in every theme.';

/** The objects of a query's scene, and the cells per side of its picture. */
function sceneOf(name: string) {
  const { spec, seed, index } = namedQuery(name);
  return { objects: generateScene(spec, seed, index).objects, grid: spec.grid };
}

type Scene = ReturnType<typeof sceneOf>;

function drawScene({ objects, grid }: Scene, { locale, width }: FigureStyle): string {
  const { pictureAlone, cell } = SCENE_LABELS[locale];
  const title = pictureAlone(objects.length, grid);
  return pictureSvg(objects, grid, { title, cell, ...(width !== undefined && { size: width }) });
}

export const getQuerySvg = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/queries/{name}.svg',
    operationId: 'getQuerySvg',
    tags: ['Queries'],
    summary: 'Draw the picture of a query as SVG',
    description: DESCRIPTION,
    request: { params: queryPicturePathSchema('svg'), query: figureParametersSchema },
    responses: { 200: svg('The picture.') },
  },
  routingPath: '/v1/queries/:name{.+\\.svg}',
  policy: FIGURE,
  handler: () => (c) => {
    const drawn = drawScene(sceneOf(c.req.valid('param').name), c.req.valid('query'));
    return c.body(drawn, 200, { 'content-type': 'image/svg+xml' });
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
    request: { params: queryPicturePathSchema('png'), query: queryPngParametersSchema },
    responses: { 200: png('The picture.') },
  },
  routingPath: '/v1/queries/:name{.+\\.png}',
  policy: RENDERED_FIGURE,
  handler: () => async (c) => {
    const scene = sceneOf(c.req.valid('param').name);
    const style = c.req.valid('query');
    const pixels =
      style.width === undefined
        ? new Uint8Array(picturePng(renderPicture(scene.objects, scene.grid)))
        : await renderPng(drawScene(scene, style), style.width);
    return c.body(pixels, 200, { 'content-type': 'image/png' });
  },
});
