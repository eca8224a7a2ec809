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

export default sendingEncoded(createApp({ models, assets }));
