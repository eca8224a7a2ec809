import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { API_LIMITS } from '../contract/api.ts';
import { INFERENCE_LIMITS } from '../contract/open-inference.ts';
import { isInference } from './inference-path.ts';
import { Problem } from './problem.ts';

const atMost = (bytes: number) =>
  bodyLimit({
    maxSize: bytes,
    onError: () => {
      throw new Problem('body-too-large', `a body may have up to ${bytes / 1024} KiB here`);
    },
  });

const ofQueries = atMost(API_LIMITS.bodyBytes);
const ofTensors = atMost(INFERENCE_LIMITS.bodyBytes);

/** Refuses bodies larger than any request needs. */
export const limitBody: MiddlewareHandler = (c, next) =>
  isInference(c.req.path) ? ofTensors(c, next) : ofQueries(c, next);
