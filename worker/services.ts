import type { OpenAPIHono } from '@hono/zod-openapi';
import type { RequestIdVariables } from 'hono/request-id';
import type { RequestTimer } from './middleware/server-timing.ts';
import type { AssetSource } from '../services/catalogue.ts';
import type { RunStore } from '../services/history/run-store.ts';
import type { Models } from '../services/models.ts';
import type { Registry } from '../services/registry/registry.ts';
import type { Limiters } from './middleware/rate-limit.ts';

/** What a request carries along. */
export interface Variables extends RequestIdVariables {
  clock: RequestTimer;
}

export interface AppEnv {
  Variables: Variables;
}

export type App = OpenAPIHono<AppEnv>;

/** What is there or not, as it is deployed. */
export interface Bindings {
  readonly limiters: Limiters;
  readonly metrics: AnalyticsEngineDataset | undefined;
}

/** What the routes are given to work with. */
export interface Services {
  readonly models: Models;
  /** What is served beside the models. */
  readonly assets: AssetSource;
  /** Models that are published into this deployment; undefined where no bucket is bound. */
  readonly registry: Registry | undefined;
  /** Runs that clients asked to keep; undefined where no database is bound. */
  readonly history: RunStore | undefined;
  /** What writers have to show; undefined where nobody may write. */
  readonly writeToken: string | undefined;
  /** Lets a promise outlive the request that began it. */
  readonly waitUntil: (promise: Promise<unknown>) => void;
}

/** Adds a route to the app. */
export type Route = (app: App, services: Services) => void;
