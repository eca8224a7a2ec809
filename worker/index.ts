import { env, waitUntil } from 'cloudflare:workers';
import { ShippedModels } from '../services/catalogue.ts';
import { EvaluationStore } from '../services/evaluations/evaluation-store.ts';
import { Evaluations } from '../services/evaluations/evaluations.ts';
import { RunStore } from '../services/history/run-store.ts';
import { Models } from '../services/models.ts';
import { RegistryBucket } from '../services/registry/bucket.ts';
import { RegisteredModels } from '../services/registry/registered-models.ts';
import { Registry } from '../services/registry/registry.ts';
import { readSignaturePolicy, type SigningVariables } from '../services/signing/policy.ts';
import { readWriteTokens, type WriteSecrets } from '../services/write-tokens.ts';
import { NoticeStore } from '../services/watches/notice-store.ts';
import { WatchStore } from '../services/watches/watch-store.ts';
import { Watches } from '../services/watches/watches.ts';
import { readWebhookKeys, type WebhookVariables } from '../services/watches/webhook-keys.ts';
import { createApp } from './app.ts';
import { assetSource } from './asset-source.ts';
import { CODE_VERSION } from './code-version.ts';
import { readOnce } from './configuration.ts';
import { evaluationWorkflow } from './evaluations/evaluation-workflow.ts';
import { withContentEncoding } from './http/content-encoding.ts';
import { onnxRuntime } from './snapshot/shipped-snapshot.ts';
import { watchWorkflow } from './watches/watch-workflow.ts';

/** Bindings that a deployment may lack. */
type OptionalBindings = Partial<
  Pick<
    Env,
    | 'RATE_LIMIT_READ'
    | 'RATE_LIMIT_COMPUTE'
    | 'METRICS'
    | 'REGISTRY'
    | 'HISTORY'
    | 'EVALUATIONS'
    | 'WATCHES'
  >
>;
/** For tests: lets watches ask this machine, also with http. */
interface OutboundVariables {
  readonly ALLOW_LOCAL_ADDRESSES?: string | undefined;
}
const bindings: OptionalBindings &
  WriteSecrets &
  SigningVariables &
  OutboundVariables &
  WebhookVariables = env;

const signatures = readOnce(
  () => readSignaturePolicy(bindings),
  'no model can be published, and no published one loaded',
);
const assets = assetSource(env.ASSETS);
const runtime = onnxRuntime(assets, waitUntil);
const shipped = new ShippedModels(assets, waitUntil);
const bucket = bindings.REGISTRY && new RegistryBucket(bindings.REGISTRY, waitUntil);
const models = new Models({
  catalogue: bucket ? new RegisteredModels(shipped, bucket, signatures, waitUntil) : shipped,
  runtime,
  waitUntil,
});
const registry = bucket && new Registry({ bucket, shipped, runtime, signatures });
const history = bindings.HISTORY && new RunStore(bindings.HISTORY);

const evaluations =
  bindings.HISTORY && bindings.EVALUATIONS
    ? new Evaluations({
        store: new EvaluationStore(bindings.HISTORY),
        models,
        engine: bindings.EVALUATIONS,
        code: CODE_VERSION,
      })
    : undefined;

/** The class of the binding `EVALUATIONS`. */
export const EvaluationWorkflow = evaluationWorkflow(evaluations);

const webhooks = readOnce(() => readWebhookKeys(bindings), 'no notices are sent');

const watches =
  bindings.HISTORY && bindings.WATCHES
    ? new Watches({
        store: new WatchStore(bindings.HISTORY),
        notices: new NoticeStore(bindings.HISTORY),
        models,
        engine: bindings.WATCHES,
        code: CODE_VERSION,
        webhooks,
        policy: { allowLocal: bindings.ALLOW_LOCAL_ADDRESSES === 'true' },
      })
    : undefined;

/** The class of the binding `WATCHES`. */
export const WatchWorkflow = watchWorkflow(watches);

const writeTokens = readOnce(() => readWriteTokens(bindings), 'nobody can write');

const features = {
  registry: registry !== undefined,
  history: history !== undefined,
  evaluations: evaluations !== undefined,
  watches: watches !== undefined,
  rateLimits: {
    read: bindings.RATE_LIMIT_READ !== undefined,
    compute: bindings.RATE_LIMIT_COMPUTE !== undefined,
  },
  metrics: bindings.METRICS !== undefined,
};

const app = withContentEncoding(
  createApp(
    {
      models,
      assets,
      registry,
      history,
      evaluations,
      watches,
      features,
      writeTokens,
      signatures,
      webhooks,
      waitUntil,
    },
    {
      limiters: {
        ...(bindings.RATE_LIMIT_READ && { read: bindings.RATE_LIMIT_READ }),
        ...(bindings.RATE_LIMIT_COMPUTE && { compute: bindings.RATE_LIMIT_COMPUTE }),
      },
      metrics: bindings.METRICS,
    },
  ),
);

export default {
  ...app,
  /** Cron. One part that fails does not keep the others from their work. */
  async scheduled() {
    const parts = await Promise.allSettled([
      evaluations?.maintain(),
      watches?.maintain(),
      history?.deleteExpired(new Date()),
    ]);
    for (const part of parts) {
      if (part.status === 'rejected') throw part.reason;
    }
  },
} satisfies ExportedHandler<Env>;
