import { inferVersion, infer } from './infer.ts';
import { modelMetadata, modelVersionMetadata } from './model-metadata.ts';
import { modelReady, modelVersionReady } from './model-ready.ts';
import { serverLive } from './server-live.ts';
import { serverMetadata, serverMetadataWithSlash } from './server-metadata.ts';
import { serverReady } from './server-ready.ts';

export const OPEN_INFERENCE_ROUTES = [
  serverMetadata,
  serverMetadataWithSlash,
  serverLive,
  serverReady,
  modelMetadata,
  modelVersionMetadata,
  modelReady,
  modelVersionReady,
  infer,
  inferVersion,
];
