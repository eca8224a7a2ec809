import { OpenAPIHono } from '@hono/zod-openapi';
import { requestId } from 'hono/request-id';
import { limitBody } from './body.ts';
import { startClock } from './clock.ts';
import { readableAnywhere } from './cross-origin.ts';
import { DESCRIPTION } from './description.ts';
import { answerError, answerNotFound, refuseOtherMethods } from './errors.ts';
import { observe } from './observation.ts';
import { limitRate } from './rate-limit.ts';
import { buildPage } from './routes/build-page.ts';
import { compare } from './routes/compare.ts';
import { compareProbes } from './routes/compare-probes.ts';
import { embed } from './routes/embed.ts';
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
import { herePage } from './routes/here-page.ts';
import { insidePage } from './routes/inside-page.ts';
import { intervene } from './routes/intervene.ts';
import { knockOut } from './routes/knock-out.ts';
import { listModels } from './routes/list-models.ts';
import { listProblems } from './routes/list-problems.ts';
import { listQueries } from './routes/list-queries.ts';
import { oembed } from './routes/oembed.ts';
import { predict } from './routes/predict.ts';
import { preview } from './routes/preview.ts';
import { reference } from './routes/reference.ts';
import { siteFile } from './routes/site-file.ts';
import { infer } from './routes/v2/infer.ts';
import { modelMetadata } from './routes/v2/model-metadata.ts';
import { modelReady } from './routes/v2/model-ready.ts';
import { serverLive } from './routes/v2/server-live.ts';
import { serverMetadata } from './routes/v2/server-metadata.ts';
import { serverReady } from './routes/v2/server-ready.ts';
import { getRun } from './routes/history/get-run.ts';
import { getTrend } from './routes/history/get-trend.ts';
import { getTrendPlot } from './routes/history/get-trend-plot.ts';
import { keepRunRoute } from './routes/history/keep-run.ts';
import { listRuns } from './routes/history/list-runs.ts';
import { deleteVersion } from './routes/registry/delete-version.ts';
import { getPublishedVersion } from './routes/registry/get-published-version.ts';
import { getRegistered } from './routes/registry/get-registered.ts';
import { listRegistered } from './routes/registry/list-registered.ts';
import { publishVersion } from './routes/registry/publish-version.ts';
import { pointAlias } from './routes/registry/point-alias.ts';
import { removeAlias } from './routes/registry/remove-alias.ts';
import { rollBackAlias } from './routes/registry/roll-back-alias.ts';
import { contentPolicy, securityHeaders } from './security.ts';
import type { App, AppEnv, Bindings, Services } from './services.ts';
import { limitWriting, WRITE_ACCESS } from './write-access.ts';
import { refuseInvalid } from './validation.ts';
import { cacheControl, tagged } from './validators.ts';

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
  embed,
  oembed,
  preview,
  intervene,
  knockOut,
  buildPage,
  insidePage,
  herePage,
  siteFile,
  reference,
  listProblems,
  explainProblem,
  listRegistered,
  getRegistered,
  publishVersion,
  getPublishedVersion,
  deleteVersion,
  pointAlias,
  removeAlias,
  rollBackAlias,
  keepRunRoute,
  listRuns,
  getRun,
  getTrend,
  getTrendPlot,
  serverMetadata,
  serverLive,
  serverReady,
  modelMetadata,
  modelReady,
  infer,
];

export function createApp(services: Services, { limiters, metrics }: Bindings): App {
  const app = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });
  app.onError(answerError);
  app.notFound(answerNotFound);
  app.use(requestId(), startClock, observe(metrics), securityHeaders, contentPolicy);
  app.use(readableAnywhere, cacheControl, tagged);
  app.use(limitRate(limiters), limitBody);
  for (const path of ['/v1/registry/*', '/v1/runs'])
    app.use(path, limitWriting(services.writeToken));
  app.openAPIRegistry.registerComponent('securitySchemes', WRITE_ACCESS, {
    type: 'http',
    scheme: 'bearer',
    description: 'The WRITE_TOKEN of the deployment.',
  });
  for (const add of ROUTES) add(app, services);
  let description: string | undefined;
  app.get('/openapi.json', (c) => {
    // Made once: it takes longer than most answers.
    description ??= JSON.stringify(app.getOpenAPI31Document(DESCRIPTION));
    return c.body(description, 200, { 'content-type': 'application/json' });
  });
  refuseOtherMethods(app);
  return app;
}
