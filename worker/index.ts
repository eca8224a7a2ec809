import { env, waitUntil } from 'cloudflare:workers';
import { createApp } from './app.ts';
import { assetSource, Models } from './models.ts';
import { onnxRuntime } from './ort.ts';

const models = new Models({
  source: assetSource(env.ASSETS),
  runtime: onnxRuntime,
  keepAlive: waitUntil,
});

export default createApp({ models });
