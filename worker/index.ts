import { env, waitUntil } from 'cloudflare:workers';
import { createApp } from './app.ts';
import { assetSource } from './asset-source.ts';
import { sendingEncoded } from './encoded.ts';
import { Models } from './models.ts';
import { onnxRuntime } from './ort.ts';

const assets = assetSource(env.ASSETS);
const models = new Models({
  source: assets,
  runtime: onnxRuntime,
  keepAlive: waitUntil,
});

// Tests and previews run without some of them.
const bindings: Partial<Pick<Env, 'READING' | 'COMPUTING' | 'METRICS'>> = env;

export default sendingEncoded(
  createApp(
    { models, assets, keepAlive: waitUntil },
    {
      limiters: {
        ...(bindings.READING && { reading: bindings.READING }),
        ...(bindings.COMPUTING && { computing: bindings.COMPUTING }),
      },
      metrics: bindings.METRICS,
    },
  ),
);
