import { OpenAPIHono } from '@hono/zod-openapi';
import { requestId } from 'hono/request-id';
import { WRITE_SCOPES } from '../contract/write-tokens.ts';
import type { AppServices } from './app-services.ts';
import type { App, AppEnv } from './http/app-env.ts';
import { handleError, handleNotFound, refuseOtherMethods } from './http/error-handler.ts';
import { addEtag, cacheControl } from './http/http-cache.ts';
import { refuseInvalid } from './http/request-validation.ts';
import { WRITE_TOKEN_SCHEME } from './http/route.ts';
import { authenticate } from './middleware/authentication.ts';
import { drainBody, limitBody } from './middleware/body-limit.ts';
import { allowAnyOrigin } from './middleware/cors.ts';
import { limitRate, type Limiters } from './middleware/rate-limit.ts';
import { logRequests } from './middleware/request-log.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { selectRoute } from './middleware/select-route.ts';
import { serverTiming } from './middleware/server-timing.ts';
import { ROUTES } from './routes.ts';

/** The parts of a deployment that only the middlewares use. */
export interface AppOptions {
  readonly limiters: Limiters;
  readonly metrics: AnalyticsEngineDataset | undefined;
}

export function createApp(services: AppServices, options: AppOptions): App {
  const app = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });
  app.onError(handleError);
  app.notFound(handleNotFound);
  app.use(requestId(), serverTiming, selectRoute(ROUTES), logRequests(options.metrics));
  app.use(securityHeaders, allowAnyOrigin, cacheControl, addEtag);
  app.use(limitRate(options.limiters), drainBody, authenticate(services.writeTokens), limitBody);
  app.openAPIRegistry.registerComponent('securitySchemes', WRITE_TOKEN_SCHEME, {
    type: 'http',
    scheme: 'bearer',
    description: `A write token of the deployment. It has one or more of the scopes ${WRITE_SCOPES.join(', ')}.`,
  });
  for (const route of ROUTES) route.register(app, services);
  refuseOtherMethods(app);
  return app;
}
