import { hexOf, sha256Of } from '../../contract/digest.ts';
import {
  durationOf,
  WATCH_LIMITS,
  type CreateWatchRequest,
  type Watch,
} from '../../contract/watches.ts';
import type { CheckReport } from '../../contract/regression.ts';
import { localDeployment, servedDeployment, type Deployment } from '../checks/deployment.ts';
import type { Step } from '../checks/record-model.ts';
import type { Models } from '../models.ts';
import { timeSortedId } from '../history/save-run.ts';
import { invalidPart, ServiceError } from '../service-error.ts';
import { deliverNotices, RECEIVER_TIMEOUT, type Delivery } from './deliver.ts';
import { noticeBody } from './notice.ts';
import type { NoticeStore } from './notice-store.ts';
import { outboundFault, outboundFetch, type OutboundPolicy } from './outbound.ts';
import { dueAfter, dueToConfirm } from './schedule.ts';
import { checkWatch, type Finding } from './watch-check.ts';
import { isNotified, observe } from './watch-state.ts';
import type { ClaimedWatch } from './watch-rows.ts';
import type { WatchStore } from './watch-store.ts';
import { signingSecretOf, type WebhookConfiguration } from './webhook-keys.ts';

/** The part of Cloudflare's Workflow binding that watches use. */
export interface WatchEngine {
  createBatch(runs: { id: string; params: WatchRunParameters }[]): Promise<unknown>;
}

export interface WatchRunParameters {
  /** Of the watch. */
  readonly id: string;
  /** Of the workflow. */
  readonly instance: string;
}

interface WatchesOptions {
  readonly store: WatchStore;
  readonly notices: NoticeStore;
  readonly models: Models;
  readonly engine: WatchEngine;
  /** Version of the code that answers. */
  readonly code: string;
  readonly policy: OutboundPolicy;
  /** What webhooks are sealed with. */
  readonly webhooks: () => Promise<WebhookConfiguration>;
  readonly now?: () => Date;
}

/** Runs that one cron starts: 1,000 watches an hour need 250 in 15 minutes. */
const RUNS_PER_CRON = 300;

/** Workflows that one call creates; Cloudflare allows 100. */
const BATCH = 100;

/** Notices that one cron tries again. */
const NOTICES_PER_CRON = 12;

/** Watches of an earlier version whose webhooks one cron encrypts. */
const SEALED_PER_CRON = 10;

const NO_NOTICES =
  'this deployment sends no notices: it needs the secret WEBHOOK_KEY, which encrypts the addresses of webhooks';

/** Checks of deployments that are repeated on a schedule, and what tells of changes. */
export class Watches {
  readonly store: WatchStore;
  readonly #options: WatchesOptions;
  readonly #delivery: Delivery;

  constructor(options: WatchesOptions) {
    this.store = options.store;
    this.#options = options;
    this.#delivery = {
      notices: options.notices,
      send: outboundFetch(options.policy, fetch, RECEIVER_TIMEOUT),
      now: options.now ?? (() => new Date()),
      keys: async () => (await options.webhooks()).keys,
    };
  }

  /**
   * Adds a watch, or finds the one of an equal request.
   *
   * @param origin the address of this deployment, for links
   * @throws ServiceError where an address is not allowed, the check is too long, or there are too many watches
   */
  async create(
    request: CreateWatchRequest,
    origin: string,
  ): Promise<{ readonly created: boolean; readonly watch: Watch; readonly secret: string | null }> {
    this.#requireAddresses(request);
    requireBounded(request);
    const inputs = new TextEncoder().encode(JSON.stringify(request));
    const id = (await sha256Of(inputs)).slice(0, 16);
    const keys = await this.#delivery.keys();
    if (request.webhook !== undefined && !keys)
      throw new ServiceError('not-configured', NO_NOTICES);
    const created = await this.store.insert({
      ...{ id, request, origin, created: this.#delivery.now() },
      webhook:
        keys && request.webhook !== undefined ? await keys.seal({ id }, request.webhook) : null,
    });
    const watch = await this.store.find(id);
    if (watch) {
      const stored = watch.notifies ? await this.store.secret(id) : null;
      const secret = watch.notifies ? await signingSecretOf(keys, watch, stored) : null;
      return { created, watch, secret };
    }
    const detail = `a deployment has at most ${WATCH_LIMITS.watches} watches: delete one first`;
    throw new ServiceError('too-many-watches', detail);
  }

  /** Stops a watch and deletes everything of it. @throws ServiceError where there is none */
  async delete(id: string): Promise<Watch> {
    const watch = await this.store.get(id);
    await this.store.delete(id);
    return watch;
  }

  /** The work of a cron: starts what is due, tries notices again, and deletes what has expired. */
  async maintain(): Promise<void> {
    const now = this.#delivery.now().getTime();
    const suffix = hexOf(crypto.getRandomValues(new Uint8Array(6)));
    const ids = await this.store.claimDue(now, suffix, RUNS_PER_CRON);
    const runs = ids.map((id) => ({
      id: `${id}-${suffix}`,
      params: { id, instance: `${id}-${suffix}` },
    }));
    try {
      for (let start = 0; start < runs.length; start += BATCH) {
        await this.#options.engine.createBatch(runs.slice(start, start + BATCH));
      }
    } catch (error) {
      // Workflows of this batch that were created after all find that their claim is over.
      await this.store.release(suffix);
      throw error;
    }
    await this.#sealStored();
    await deliverNotices(this.#delivery, null, NOTICES_PER_CRON);
    await this.store.deleteExpired(now);
  }

  /** Encrypts the webhooks and secrets that an earlier version stored as they were sent. */
  async #sealStored(): Promise<void> {
    const keys = await this.#delivery.keys();
    if (!keys) return;
    for (const watch of await this.store.unsealed(SEALED_PER_CRON)) {
      const { webhook, secret } = watch;
      await this.store.storeSealed(watch, {
        webhook: await keys.seal(watch, webhook),
        secret: secret && (await keys.seal(watch, secret)),
      });
    }
  }

  /**
   * One run of a watch. Whatever is done in steps is not done again where an engine starts the run anew.
   *
   * @throws ServiceError where this deployment fails, so that trying again may help
   */
  async run({ id, instance }: WatchRunParameters, step: Step): Promise<void> {
    const begun = await step('begin', async () => {
      const watch = await this.store.claimed(id, instance);
      const now = this.#delivery.now();
      return watch ? { watch, started: now.toISOString(), run: timeSortedId(now) } : null;
    });
    if (!begun) return;
    const { watch, started, run } = begun;
    const found = await checkWatch(
      this.#deploymentOf(watch),
      watch.baseline,
      watch.minimum_detectable,
      { code: { version: this.#options.code.slice(0, 12), commit: null }, step },
    );
    await step('finish', async () => {
      await this.#finish(watch, instance, { run, started }, found);
      return null;
    });
    await step('notify', async () => {
      await deliverNotices(this.#delivery, id, 1);
      return null;
    });
  }

  async #finish(
    watch: ClaimedWatch,
    instance: string,
    { run, started }: { readonly run: string; readonly started: string },
    { outcome, reason, flips, report }: Finding,
  ): Promise<void> {
    const now = this.#delivery.now();
    const { candidate_since: candidateSince, name, url, id, origin } = watch;
    const { status, change } = observe({ ...watch, candidateSince }, outcome, started);
    const next = dueAfter(now.getTime(), durationOf(watch.every) ?? 0);
    const facts = { watch: { id, name, url }, since: status.since ?? started, reason, origin };
    const notified = change && watch.notifies === 1 && isNotified(change);
    await this.store.finish(id, instance, {
      run: {
        ...{ id: run, started, finished: now.toISOString(), outcome, reason, flips },
        report: report && (await reportId(report)),
      },
      report,
      status,
      due: status.candidate === null ? next : dueToConfirm(now.getTime(), next),
      notice: notified ? { change, body: noticeBody({ ...facts, change }) } : null,
    });
  }

  #deploymentOf({ url }: ClaimedWatch): Deployment {
    const { models, policy } = this.#options;
    if (url === null) return localDeployment(models, 'this deployment');
    return servedDeployment(url, { fetch: outboundFetch(policy) });
  }

  #requireAddresses({ url, webhook }: CreateWatchRequest): void {
    const { policy } = this.#options;
    const faults = Object.entries({ url, webhook }).flatMap(([name, address]) => {
      if (address === undefined) return [];
      const detail =
        outboundFault(address, name, policy) ??
        (name === 'url' && new URL(address).search !== ''
          ? 'url must not have parameters'
          : undefined);
      return detail === undefined ? [] : [{ at: `body.${name}`, detail }];
    });
    const [first] = faults;
    if (first) throw new ServiceError('invalid-request', first.detail, { errors: faults });
  }
}

/** @throws ServiceError where one run would be too much */
function requireBounded({ baseline, url }: CreateWatchRequest): void {
  const { models, plan } = baseline;
  const conditions = models.reduce((sum, model) => sum + model.conditions.length, 0);
  const queries = conditions * plan.objects.length * plan.queries;
  // Two for each model; for each condition the repeated queries, the numbers of objects and a sweep; three besides.
  const steps = 3 + 2 * models.length + conditions * (2 + plan.objects.length);
  const limits: [number, number, string][] = [
    [steps, WATCH_LIMITS.steps, 'steps'],
    [queries, WATCH_LIMITS.queries, 'queries'],
  ];
  if (url === undefined) {
    limits.push([plan.queries, WATCH_LIMITS.localQueries, 'queries with each number of objects']);
  }
  for (const [needed, most, what] of limits) {
    if (needed <= most) continue;
    const detail = `a check against this baseline has ${needed} ${what}; the limit is ${most}: record a smaller one`;
    throw invalidPart('body.baseline', detail);
  }
}

/** A hash of what was found, without times and without what is only said of the baseline. */
async function reportId({ verdict, tests, flips, findings }: CheckReport): Promise<string> {
  const found = {
    verdict,
    tests: tests.map((test) => ({ ...test, seconds: 0 })),
    flips,
    findings: findings.filter(({ level }) => level !== 'notice'),
  };
  return (await sha256Of(new TextEncoder().encode(JSON.stringify(found)))).slice(0, 16);
}

/** @throws ServiceError where the deployment has no database or no workflow engine */
export function requireWatches(watches: Watches | undefined): Watches {
  if (watches) return watches;
  const detail = 'this deployment has no watches: they need a database and a workflow';
  throw new ServiceError('not-configured', detail);
}
