import { OpenAPIHono } from '@hono/zod-openapi';
import { requestId } from 'hono/request-id';
import { limitBody } from './middleware/body-limit.ts';
import { serverTiming } from './middleware/server-timing.ts';
import { allowAnyOrigin } from './middleware/cors.ts';
import { DESCRIPTION } from './http/openapi-description.ts';
import { handleError, handleNotFound, refuseOtherMethods } from './http/error-handler.ts';
import { logRequests } from './middleware/request-log.ts';
import { limitRate } from './middleware/rate-limit.ts';
import { sceneEditorPage } from './pages/build-page.ts';
import { compare } from './evaluation/compare-models.ts';
import { compareProbes } from './probes/compare-probes.ts';
import { embed } from './embeds/get-embed.ts';
import { explainProblem } from './pages/explain-problem.ts';
import { frontPage } from './pages/front-page.ts';
import { getAccuracy } from './models/get-accuracy.ts';
import { getBadge } from './embeds/get-badge.ts';
import { getMechanismPlot } from './models/get-mechanism-plot.ts';
import { getModel } from './models/get-model.ts';
import { getModelFile } from './models/get-model-file.ts';
import { getProbePlot } from './probes/get-probe-plot.ts';
import { getProbes } from './probes/get-probes.ts';
import { getQuery } from './queries/get-query.ts';
import { getTrainingPlot } from './models/get-training-plot.ts';
import { inBrowserPage } from './pages/in-browser-page.ts';
import { mechanismPage } from './pages/mechanism-page.ts';
import { intervene } from './probes/intervene.ts';
import { knockOut } from './probes/knock-out.ts';
import { listModels } from './models/list-models.ts';
import { listProblems } from './pages/list-problems.ts';
import { listQueries } from './queries/list-queries.ts';
import { oembed } from './embeds/get-oembed.ts';
import { predict } from './evaluation/predict.ts';
import { preview } from './embeds/get-preview.ts';
import { reference } from './pages/reference.ts';
import { siteFile } from './pages/site-file.ts';
import { infer } from './open-inference/infer.ts';
import { modelMetadata } from './open-inference/model-metadata.ts';
import { modelReady } from './open-inference/model-ready.ts';
import { serverLive } from './open-inference/server-live.ts';
import { serverMetadata } from './open-inference/server-metadata.ts';
import { serverReady } from './open-inference/server-ready.ts';
import { getRun } from './history/get-run.ts';
import { getTrend } from './history/get-trend.ts';
import { getTrendPlot } from './history/get-trend-plot.ts';
import { keepRunRoute } from './history/save-run.ts';
import { listRuns } from './history/list-runs.ts';
import { deleteVersion } from './registry/delete-version.ts';
import { getPublishedVersion } from './registry/get-published-version.ts';
import { getRegistered } from './registry/get-registered-model.ts';
import { listRegistered } from './registry/list-registered-models.ts';
import { publishVersion } from './registry/publish-version.ts';
import { pointAlias } from './registry/set-alias.ts';
import { removeAlias } from './registry/remove-alias.ts';
import { rollBackAlias } from './registry/roll-back-alias.ts';
import { contentPolicy, securityHeaders } from './middleware/security-headers.ts';
import type { App, AppEnv, Bindings, Services } from './services.ts';
import { requireWriteToken, WRITE_ACCESS } from './middleware/authentication.ts';
import { refuseInvalid } from './http/request-validation.ts';
import { cacheControl, addEtag } from './http/http-cache.ts';

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
  sceneEditorPage,
  mechanismPage,
  inBrowserPage,
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
  app.onError(handleError);
  app.notFound(handleNotFound);
  app.use(requestId(), serverTiming, logRequests(metrics), securityHeaders, contentPolicy);
  app.use(allowAnyOrigin, cacheControl, addEtag);
  app.use(limitRate(limiters), limitBody);
  for (const path of ['/v1/registry/*', '/v1/runs'])
    app.use(path, requireWriteToken(services.writeToken));
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
