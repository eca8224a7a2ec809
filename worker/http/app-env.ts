import type { OpenAPIHono } from '@hono/zod-openapi';
import type { RequestIdVariables } from 'hono/request-id';
import type { Writer } from '../../services/write-tokens.ts';
import type { RequestTimer } from './request-timer.ts';
import type { RoutePolicy } from './route-policy.ts';

/** What middlewares and handlers share during one request. */
interface Variables extends RequestIdVariables {
  readonly timer: RequestTimer;
  /** The matched route's path in Hono's syntax; undefined without a route. */
  readonly routePath: string | undefined;
  /** The matched route's policy, or the one for requests without a route. */
  readonly policy: RoutePolicy;
  /** The holder of the token; undefined where the policy asks for none. */
  readonly writer?: Writer;
}

export interface AppEnv {
  readonly Variables: Variables;
}

export type App = OpenAPIHono<AppEnv>;
