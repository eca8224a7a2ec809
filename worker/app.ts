import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { API_LIMITS } from '../contract/api.ts';
import { answerError, answerNotFound, refuseOtherMethods } from './errors.ts';
import { Problem } from './problem.ts';
import { compare } from './routes/compare.ts';
import { compareProbes } from './routes/compare-probes.ts';
import { frontPage } from './routes/front-page.ts';
import { getModel } from './routes/get-model.ts';
import { getModelFile } from './routes/get-model-file.ts';
import { getProbePlot } from './routes/get-probe-plot.ts';
import { getProbes } from './routes/get-probes.ts';
import { getQuery } from './routes/get-query.ts';
import { getTrainingPlot } from './routes/get-training-plot.ts';
import { intervene } from './routes/intervene.ts';
import { knockOut } from './routes/knock-out.ts';
import { listModels } from './routes/list-models.ts';
import { listQueries } from './routes/list-queries.ts';
import { predict } from './routes/predict.ts';
import type { App, Services } from './services.ts';
import { refuseInvalid } from './validation.ts';

const ROUTES = [
  frontPage,
  listModels,
  getModel,
  getModelFile,
  listQueries,
  getQuery,
  predict,
  compare,
  getProbes,
  getProbePlot,
  getTrainingPlot,
  compareProbes,
  intervene,
  knockOut,
];

export function createApp(services: Services): App {
  const app = new OpenAPIHono({ defaultHook: refuseInvalid });
  app.onError(answerError);
  app.notFound(answerNotFound);
  app.use(async (c, next) => {
    await next();
    c.header('x-content-type-options', 'nosniff');
  });
  app.use(bodyLimit({ maxSize: API_LIMITS.bodyBytes, onError: refuseBody }));
  for (const add of ROUTES) add(app, services);
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'bindscope',
      version: '1',
      description:
        'Evaluation of small transformers that bind by position or by symbol: queries, ' +
        'predictions and comparisons.',
    },
  });
  refuseOtherMethods(app);
  return app;
}

function refuseBody(): never {
  const kibibytes = API_LIMITS.bodyBytes / 1024;
  throw new Problem('body-too-large', `a body may have up to ${kibibytes} KiB`);
}
