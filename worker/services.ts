import type { OpenAPIHono } from '@hono/zod-openapi';
import type { AssetSource, Models } from './models.ts';

export type App = OpenAPIHono;

/** What the routes are given to work with. */
export interface Services {
  readonly models: Models;
  /** What is served beside the models. */
  readonly assets: AssetSource;
}

/** Adds a route to the app. */
export type Route = (app: App, services: Services) => void;
