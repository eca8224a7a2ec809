import { createRoute, type RouteConfig } from '@hono/zod-openapi';
import type { Handler } from 'hono';
import { anyParametersSchema, noParametersSchema } from '../../contract/url-parameters.ts';
import type { AppServices } from '../app-services.ts';
import type { App, AppEnv } from './app-env.ts';
import { errorResponse, problems } from './openapi-responses.ts';
import type { RoutePolicy } from './route-policy.ts';

/** The name of the write token in the security schemes of `/openapi.json`. */
export const WRITE_TOKEN_SCHEME = 'writeToken';

/** A declared route. */
export interface Route {
  /** In capitals. */
  readonly method: string;
  /** As Hono matches it, such as `/v1/models/:id`. */
  readonly path: string;
  readonly policy: RoutePolicy;
  readonly register: (app: App, services: AppServices) => void;
}

type Contract<P extends string> = Omit<RouteConfig, 'path' | 'security' | 'middleware'> & {
  readonly path: P;
};

function register<R extends RouteConfig>(
  app: App,
  route: R,
  handler: Parameters<typeof app.openapi<R>>[1],
): void {
  app.openapi(route, handler);
}

/** A handler whose requests and responses have the types of the contract. */
type HandlerOf<R extends RouteConfig> = Parameters<typeof register<R>>[2];

interface RouteDeclaration<R extends RouteConfig> {
  /**
   * What `/openapi.json` says, and what requests are checked against. Without a query, none is allowed, or for
   * pages and pictures none has an effect.
   */
  readonly contract: R;
  readonly policy: RoutePolicy;
  /** The path in Hono's syntax, where it has a pattern that OpenAPI cannot express. */
  readonly routingPath?: string;
  readonly handler: (services: AppServices) => HandlerOf<R>;
}

/** Declares a route: contract, policy and handler. */
export function defineRoute<P extends string, R extends Contract<P>>({
  contract,
  policy,
  routingPath,
  handler,
}: RouteDeclaration<R>): Route {
  const route = describe(contract, policy);
  const path = routingPath ?? route.getRoutingPath();
  return {
    method: contract.method.toUpperCase(),
    path,
    policy,
    register: (app, services) => {
      if (!contract.hide) app.openAPIRegistry.registerPath(documented(route, policy));
      register<R>(app, { ...route, path, hide: true }, handler(services));
    },
  };
}

interface RawRouteDeclaration {
  readonly contract: Contract<string>;
  readonly policy: RoutePolicy;
  readonly handler: (services: AppServices) => Handler<AppEnv>;
}

/** Declares a route whose handler checks the request itself. */
export function defineRawRoute({ contract, policy, handler }: RawRouteDeclaration): Route {
  const route = describe(contract, policy);
  const path = route.getRoutingPath();
  const method = contract.method.toUpperCase();
  return {
    method,
    path,
    policy,
    register: (app, services) => {
      if (!contract.hide) app.openAPIRegistry.registerPath(documented(route, policy));
      app.on(method, path, handler(services));
    },
  };
}

/** A route for the document: generators of clients expect errors by range, where Hono's types have `default`. */
function documented(route: RouteConfig, { errors }: RoutePolicy): RouteConfig {
  const responses = Object.entries(route.responses).filter(([status]) => status !== 'default');
  const error = errorResponse(errors);
  return { ...route, responses: { ...Object.fromEntries(responses), '4XX': error, '5XX': error } };
}

/** The contract with what every route has, and what its policy implies. */
function describe<P extends string, R extends Contract<P>>(
  contract: R,
  { auth, errors }: RoutePolicy,
) {
  const query = errors === 'problem' ? noParametersSchema : anyParametersSchema;
  return createRoute({
    ...contract,
    ...(auth !== 'none' && { security: [{ [WRITE_TOKEN_SCHEME]: [] }] }),
    request: { query, ...contract.request },
    responses: { ...contract.responses, ...problems },
  });
}
