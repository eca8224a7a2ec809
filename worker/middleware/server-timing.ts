import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from '../http/app-env.ts';
import { RequestTimer } from '../http/request-timer.ts';

/** Gives each request a timer, and its response the header `Server-Timing`. */
export const serverTiming: MiddlewareHandler<AppEnv> = async (c, next) => {
  const timer = new RequestTimer();
  c.set('timer', timer);
  await next();
  c.header('server-timing', timer.header());
  // Responses made without Hono lack this header.
  c.header('x-request-id', c.var.requestId);
};
