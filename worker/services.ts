import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Models } from './models.ts';

export type App = OpenAPIHono;

/** What the routes are given to work with. */
export interface Services {
  readonly models: Models;
}

/** Adds a route to the app. */
export type Route = (app: App, services: Services) => void;
