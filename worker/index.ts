import { env, waitUntil } from 'cloudflare:workers';
import { ShippedModels } from '../services/catalogue.ts';
import { RunStore } from '../services/history/run-store.ts';
import { Models } from '../services/models.ts';
import { RegistryBucket } from '../services/registry/bucket.ts';
import { RegisteredModels } from '../services/registry/registered-models.ts';
import { Registry } from '../services/registry/registry.ts';
import type { WriteSecrets } from '../services/write-tokens.ts';
import { createApp } from './app.ts';
import { assetSource } from './asset-source.ts';
import { withContentEncoding } from './http/content-encoding.ts';
import { onnxRuntime } from './onnx-runtime.ts';
import { configuredTokens } from './write-tokens.ts';

/** Bindings that a deployment may lack. */
type OptionalBindings = Partial<
  Pick<Env, 'RATE_LIMIT_READ' | 'RATE_LIMIT_COMPUTE' | 'METRICS' | 'REGISTRY' | 'HISTORY'>
>;
const bindings: OptionalBindings & WriteSecrets = env;

const assets = assetSource(env.ASSETS);
const shipped = new ShippedModels(assets, waitUntil);
const bucket = bindings.REGISTRY && new RegistryBucket(bindings.REGISTRY, waitUntil);
const models = new Models({
  catalogue: bucket ? new RegisteredModels(shipped, bucket, waitUntil) : shipped,
  runtime: onnxRuntime,
  waitUntil,
});
const registry = bucket && new Registry({ bucket, shipped, runtime: onnxRuntime });
const history = bindings.HISTORY && new RunStore(bindings.HISTORY);

const writeTokens = configuredTokens(bindings);

const features = {
  registry: registry !== undefined,
  history: history !== undefined,
  rateLimits: {
    read: bindings.RATE_LIMIT_READ !== undefined,
    compute: bindings.RATE_LIMIT_COMPUTE !== undefined,
  },
  metrics: bindings.METRICS !== undefined,
};

export default withContentEncoding(
  createApp(
    { models, assets, registry, history, features, writeTokens, waitUntil },
    {
      limiters: {
        ...(bindings.RATE_LIMIT_READ && { read: bindings.RATE_LIMIT_READ }),
        ...(bindings.RATE_LIMIT_COMPUTE && { compute: bindings.RATE_LIMIT_COMPUTE }),
      },
      metrics: bindings.METRICS,
    },
  ),
);
