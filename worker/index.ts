import { env, waitUntil } from 'cloudflare:workers';
import { createApp } from './app.ts';
import { assetSource } from './asset-source.ts';
import { ShippedModels } from '../services/catalogue.ts';
import { sendingEncoded } from './http/content-encoding.ts';
import { RunStore } from '../services/history/run-store.ts';
import { Models } from '../services/models.ts';
import { onnxRuntime } from './onnx-runtime.ts';
import { RegistryBucket } from '../services/registry/bucket.ts';
import { RegisteredModels } from '../services/registry/registered-models.ts';
import { Registry } from '../services/registry/registry.ts';

// What a deployment may go without.
type Optional = Partial<Pick<Env, 'READING' | 'COMPUTING' | 'METRICS' | 'REGISTRY' | 'HISTORY'>>;
const bindings: Optional & { readonly WRITE_TOKEN?: string } = env;

const assets = assetSource(env.ASSETS);
const shipped = new ShippedModels(assets, waitUntil);
const bucket = bindings.REGISTRY && new RegistryBucket(bindings.REGISTRY, waitUntil);
const models = new Models({
  catalogue: bucket ? new RegisteredModels(shipped, bucket, waitUntil) : shipped,
  runtime: onnxRuntime,
  keepAlive: waitUntil,
});
const registry = bucket && new Registry({ bucket, shipped, runtime: onnxRuntime });
const history = bindings.HISTORY && new RunStore(bindings.HISTORY);
const writeToken = bindings.WRITE_TOKEN;

export default sendingEncoded(
  createApp(
    { models, assets, registry, history, writeToken, keepAlive: waitUntil },
    {
      limiters: {
        ...(bindings.READING && { reading: bindings.READING }),
        ...(bindings.COMPUTING && { computing: bindings.COMPUTING }),
      },
      metrics: bindings.METRICS,
    },
  ),
);
