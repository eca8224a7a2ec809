import { DEPLOYMENT_ROUTES } from './deployment/routes.ts';
import { EMBED_ROUTES } from './embeds/routes.ts';
import { EVALUATION_ROUTES } from './evaluation/routes.ts';
import { LONG_EVALUATION_ROUTES } from './evaluations/routes.ts';
import { HISTORY_ROUTES } from './history/routes.ts';
import type { Route } from './http/route.ts';
import { MODEL_ROUTES } from './models/routes.ts';
import { OPEN_INFERENCE_ROUTES } from './open-inference/routes.ts';
import { PAGE_ROUTES } from './pages/routes.ts';
import { PROBE_ROUTES } from './probes/routes.ts';
import { QUERY_ROUTES } from './queries/routes.ts';
import { REGISTRY_ROUTES } from './registry/routes.ts';
import { WATCH_ROUTES } from './watches/routes.ts';

/** Every route of the worker. */
export const ROUTES: readonly Route[] = [
  ...MODEL_ROUTES,
  ...QUERY_ROUTES,
  ...EVALUATION_ROUTES,
  ...PROBE_ROUTES,
  ...EMBED_ROUTES,
  ...PAGE_ROUTES,
  ...REGISTRY_ROUTES,
  ...HISTORY_ROUTES,
  ...LONG_EVALUATION_ROUTES,
  ...WATCH_ROUTES,
  ...OPEN_INFERENCE_ROUTES,
  ...DEPLOYMENT_ROUTES,
];
