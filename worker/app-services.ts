import type { DeploymentFeatures } from '../contract/deployment.ts';
import type { AssetSource } from '../services/catalogue.ts';
import type { Evaluations } from '../services/evaluations/evaluations.ts';
import type { RunStore } from '../services/history/run-store.ts';
import type { Models } from '../services/models.ts';
import type { Watches } from '../services/watches/watches.ts';
import type { WriteTokens } from '../services/write-tokens.ts';
import type { Registry } from '../services/registry/registry.ts';
import type { SignaturePolicy } from '../services/signing/policy.ts';
import type { WebhookConfiguration } from '../services/watches/webhook-keys.ts';

/** What the routes work with. */
export interface AppServices {
  readonly models: Models;
  /** Files deployed with the worker, models and others. */
  readonly assets: AssetSource;
  /** Models published into this deployment; undefined without a bucket. */
  readonly registry: Registry | undefined;
  /** Stored runs; undefined without a database. */
  readonly history: RunStore | undefined;
  /** Long evaluations; undefined without a database or a workflow engine. */
  readonly evaluations: Evaluations | undefined;
  /** Checks on a schedule; undefined without a database or a workflow engine. */
  readonly watches: Watches | undefined;
  readonly features: Omit<DeploymentFeatures, 'writes' | 'writeTokens' | 'signatures' | 'notices'>;
  readonly writeTokens: () => Promise<WriteTokens>;
  readonly signatures: () => Promise<SignaturePolicy>;
  readonly webhooks: () => Promise<WebhookConfiguration>;
  /** Keeps the worker alive until the promise settles, also after the request has ended. */
  readonly waitUntil: (promise: Promise<unknown>) => void;
}
