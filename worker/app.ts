import { OpenAPIHono } from '@hono/zod-openapi';
import { limitBody } from './body.ts';
import { DESCRIPTION } from './description.ts';
import { answerError, answerNotFound, refuseOtherMethods } from './errors.ts';
import { compare } from './routes/compare.ts';
import { compareProbes } from './routes/compare-probes.ts';
import { explainProblem } from './routes/explain-problem.ts';
import { frontPage } from './routes/front-page.ts';
import { getAccuracy } from './routes/get-accuracy.ts';
import { getBadge } from './routes/get-badge.ts';
import { getMechanismPlot } from './routes/get-mechanism-plot.ts';
import { getModel } from './routes/get-model.ts';
import { getModelFile } from './routes/get-model-file.ts';
import { getProbePlot } from './routes/get-probe-plot.ts';
import { getProbes } from './routes/get-probes.ts';
import { getQuery } from './routes/get-query.ts';
import { getTrainingPlot } from './routes/get-training-plot.ts';
import { intervene } from './routes/intervene.ts';
import { knockOut } from './routes/knock-out.ts';
import { listModels } from './routes/list-models.ts';
import { listProblems } from './routes/list-problems.ts';
import { listQueries } from './routes/list-queries.ts';
import { predict } from './routes/predict.ts';
import { reference } from './routes/reference.ts';
import { siteFile } from './routes/site-file.ts';
import { infer } from './routes/v2/infer.ts';
import { modelMetadata } from './routes/v2/model-metadata.ts';
import { modelReady } from './routes/v2/model-ready.ts';
import { serverLive } from './routes/v2/server-live.ts';
import { serverMetadata } from './routes/v2/server-metadata.ts';
import { serverReady } from './routes/v2/server-ready.ts';
import { contentPolicy, securityHeaders } from './security.ts';
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
  getAccuracy,
  getMechanismPlot,
  getBadge,
  intervene,
  knockOut,
  siteFile,
  reference,
  listProblems,
  explainProblem,
  serverMetadata,
  serverLive,
  serverReady,
  modelMetadata,
  modelReady,
  infer,
];

export function createApp(services: Services): App {
  const app = new OpenAPIHono({ defaultHook: refuseInvalid });
  app.onError(answerError);
  app.notFound(answerNotFound);
  app.use(securityHeaders, contentPolicy);
  app.use(limitBody);
  for (const add of ROUTES) add(app, services);
  app.doc31('/openapi.json', DESCRIPTION);
  refuseOtherMethods(app);
  return app;
}
