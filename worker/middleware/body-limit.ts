import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { API_LIMITS } from '../../contract/limits.ts';
import { HISTORY_LIMITS } from '../../contract/history.ts';
import { INFERENCE_LIMITS } from '../../contract/open-inference.ts';
import { REGISTRY_LIMITS } from '../../contract/registry.ts';
import { isInference } from '../http/inference-path.ts';
import { ServiceError } from '../../services/service-error.ts';

const atMost = (bytes: number) =>
  bodyLimit({
    maxSize: bytes,
    onError: () => {
      throw new ServiceError('body-too-large', `a body may have up to ${bytes / 1024} KiB here`);
    },
  });

const ofQueries = atMost(API_LIMITS.bodyBytes);
const ofTensors = atMost(INFERENCE_LIMITS.bodyBytes);
const ofRuns = atMost(HISTORY_LIMITS.bodyBytes);
const ofModels = atMost(REGISTRY_LIMITS.uploadBytes);

function limitOf(path: string): MiddlewareHandler {
  if (isInference(path)) return ofTensors;
  if (path === '/v1/runs') return ofRuns;
  return /^\/v1\/registry\/[^/]+\/versions$/.test(path) ? ofModels : ofQueries;
}

/** Refuses bodies larger than any request needs. */
export const limitBody: MiddlewareHandler = (c, next) => {
  return limitOf(c.req.path)(c, async () => {
    await next();
    await readRest(c.req.raw);
  });
};

/**
 * Reads what the route had no use for: workerd hangs up on a client whose body it has not read, which
 * would cost that client the next request on the connection.
 */
async function readRest({ body, bodyUsed }: Request): Promise<void> {
  if (!body || bodyUsed) return;
  await body.pipeTo(new WritableStream()).catch(() => undefined);
}
