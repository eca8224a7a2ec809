import { ProblemError, type Client } from '../../client/index.ts';
import type { DeploymentFeatures } from '../../contract/deployment.ts';
import type { Watch } from '../../contract/watches.ts';
import { serverClient, type ServerOptions } from '../server-client.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';

/** A part of a deployment: at work, switched off, or switched on without working. */
interface Diagnosis {
  readonly part: string;
  readonly state: 'on' | 'off' | 'fault';
  /** What was seen; where the part is not on, what to do about it. */
  readonly detail: string;
}

/** Where a deployment explains an invalid secret or variable. */
const LOG_SAYS_WHY = 'the log says why: npx wrangler tail --env <environment>';

export interface DoctorOptions extends ServerOptions {
  readonly json?: boolean;
}

/**
 * Prints what a deployment has switched on, whether it works, and what to do about the rest.
 *
 * @returns 1 where something does not work; what is only switched off is no fault
 * @throws ProblemError, UnreachableError, ContractError where the server does not describe itself
 */
export async function runDoctor(options: DoctorOptions, terminal: Terminal): Promise<ExitCode> {
  // A fault is what it looks for. To try again would take the 10 s that the server asks for, at each fault.
  const client = serverClient({ ...options, retries: 0 }, terminal);
  const { code, features } = await describe(client);
  const parts: Diagnosis[] = [
    await diagnoseModels(client),
    await diagnoseRegistry(client, features),
    await diagnoseHistory(client, features),
    diagnoseEvaluations(features),
    await diagnoseWatches(client, features),
    diagnoseNotices(features),
    diagnoseWrites(features),
    diagnoseSignatures(features),
    diagnoseRateLimits(features),
    diagnoseMetrics(features),
    diagnoseCache(options.url),
    diagnoseSchedule(features),
  ];
  if (options.json) {
    terminal.out(`${JSON.stringify({ url: options.url, code, parts }, null, 2)}\n`);
  } else {
    terminal.out(`${options.url} runs code ${code.slice(0, 12)}\n`);
    for (const { part, state, detail } of parts) {
      terminal.out(`${state.padEnd(5)} ${part.padEnd(11)} ${detail}\n`);
    }
  }
  return parts.some(({ state }) => state === 'fault') ? EXIT.regression : EXIT.pass;
}

async function describe(client: Client) {
  try {
    return await client.deployment();
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.status !== 404) throw error;
    throw new Error('this deployment is older than `bindscope doctor`: deploy it again', {
      cause: error,
    });
  }
}

/** What was seen where a request works, or a fault with the problem of the server and advice. */
async function attempt(
  part: string,
  request: () => Promise<string>,
  advice: string,
): Promise<Diagnosis> {
  try {
    return { part, state: 'on', detail: await request() };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { part, state: 'fault', detail: `${error.message}; ${advice}` };
  }
}

const diagnoseModels = (client: Client) =>
  attempt(
    'models',
    async () => {
      const models = await client.models();
      await client.ready();
      return `each of ${models.length} models answers a query`;
    },
    'deploy again, or roll back: npx wrangler rollback --env <environment>',
  );

async function diagnoseRegistry(client: Client, { registry }: DeploymentFeatures) {
  const part = 'registry';
  if (!registry) {
    const detail =
      'no models can be published: npx wrangler r2 bucket create <name>, and bind it as REGISTRY';
    return { part, state: 'off', detail } as const;
  }
  return attempt(
    part,
    async () => `R2 answers; ${(await client.registry.list()).length} models are published`,
    'does the bucket exist that wrangler.toml binds as REGISTRY?',
  );
}

async function diagnoseHistory(client: Client, { history }: DeploymentFeatures) {
  const part = 'history';
  if (!history) {
    const detail = 'no runs are saved: npx wrangler d1 create <name>, and bind it as HISTORY';
    return { part, state: 'off', detail } as const;
  }
  return attempt(
    part,
    async () => {
      await client.history.list();
      return 'D1 answers';
    },
    'were the migrations applied? npx wrangler d1 migrations apply HISTORY --env <environment> --remote',
  );
}

function diagnoseNotices({ notices: { on, valid }, watches }: DeploymentFeatures): Diagnosis {
  const part = 'notices';
  if (!valid) return { part, state: 'fault', detail: `WEBHOOK_KEY is invalid; ${LOG_SAYS_WHY}` };
  if (on) return { part, state: 'on', detail: 'WEBHOOK_KEY encrypts the webhooks of watches' };
  const missing = watches ? '' : 'watches, and ';
  const detail = `watches cannot have webhooks: they need ${missing}npx wrangler secret put WEBHOOK_KEY --env <environment>`;
  return { part, state: 'off', detail };
}

function diagnoseWrites({
  writes,
  writeTokens: { single, named, valid },
  registry,
  history,
}: DeploymentFeatures): Diagnosis {
  const part = 'writes';
  if (!valid) {
    const detail = `nobody can write: WRITE_TOKENS is invalid; ${LOG_SAYS_WHY}`;
    return { part, state: 'fault', detail };
  }
  if (writes && !registry && !history) {
    return { part, state: 'fault', detail: 'a write token is set, but nothing can be written' };
  }
  if (writes) {
    const tokens = [
      ...(single ? ['WRITE_TOKEN, with all scopes'] : []),
      ...(named > 0 ? [`${named} named in WRITE_TOKENS`] : []),
    ];
    return { part, state: 'on', detail: `tokens: ${tokens.join('; ')}` };
  }
  const detail =
    'nobody can write: npx wrangler secret put WRITE_TOKEN --env <environment>, or WRITE_TOKENS for several tokens';
  return { part, state: 'off', detail };
}

function diagnoseSignatures({
  signatures: { keys, required, valid },
}: DeploymentFeatures): Diagnosis {
  const part = 'signatures';
  if (!valid) {
    const detail = `nothing can be published: SIGNING_KEYS or REQUIRE_SIGNATURE is invalid; ${LOG_SAYS_WHY}`;
    return { part, state: 'fault', detail };
  }
  if (keys === 0) {
    const detail = 'not verified: set public keys in SIGNING_KEYS';
    return { part, state: 'off', detail };
  }
  const rule = required
    ? 'published models must be signed'
    : 'unsigned models are accepted, too, until REQUIRE_SIGNATURE is true';
  return { part, state: 'on', detail: `public keys: ${keys}; ${rule}` };
}

function diagnoseRateLimits({ rateLimits }: DeploymentFeatures): Diagnosis {
  const part = 'rate limits';
  const missing = [
    ...(rateLimits.read ? [] : ['RATE_LIMIT_READ']),
    ...(rateLimits.compute ? [] : ['RATE_LIMIT_COMPUTE']),
  ];
  if (missing.length === 0) return { part, state: 'on', detail: 'reading and computing' };
  const detail = `one client can ask without limit: bind ${missing.join(' and ')} in wrangler.toml`;
  return { part, state: 'off', detail };
}

function diagnoseMetrics({ metrics }: DeploymentFeatures): Diagnosis {
  const part = 'metrics';
  if (metrics) return { part, state: 'on', detail: 'requests are written to Analytics Engine' };
  const detail =
    'only logs: switch Analytics Engine on in the dashboard, and bind a dataset as METRICS';
  return { part, state: 'off', detail };
}

function diagnoseCache(url: string): Diagnosis {
  const part = 'cache';
  if (!new URL(url).hostname.endsWith('.workers.dev')) {
    return {
      part,
      state: 'on',
      detail: 'comparisons are cached where the domain is on Cloudflare',
    };
  }
  const detail = 'every comparison is computed: workers.dev has no cache, a domain of yours has';
  return { part, state: 'off', detail };
}

function diagnoseSchedule({ evaluations, watches }: DeploymentFeatures): Diagnosis {
  const part = 'cron';
  if (evaluations || watches) {
    const detail =
      'keeps evaluations running and starts watches, where wrangler.toml has [triggers]';
    return { part, state: 'on', detail };
  }
  const detail =
    'a deployment needs no cron; .github/workflows/watch.yml checks it at set times from outside';
  return { part, state: 'off', detail };
}

/** Watches that wait far beyond their time show that no cron runs. */
async function diagnoseWatches(client: Client, { watches, history }: DeploymentFeatures) {
  const part = 'watches';
  if (!watches) {
    const missing = history ? 'a workflow as WATCHES' : 'HISTORY, and a workflow as WATCHES';
    const detail = `no check is repeated on a schedule: bind ${missing}`;
    return { part, state: 'off', detail } as const;
  }
  const advice =
    'were the migrations applied? npx wrangler d1 migrations apply HISTORY --env <environment> --remote';
  const found = await attempt(
    part,
    async () => {
      const { watches } = await client.watches.list({ limit: 100 });
      const late = watches.filter(({ running, next }) => !running && isLate(next));
      const names = late.map(({ name }) => name).join(', ');
      return late.length > 0 ? `late: ${names}` : countStates(watches);
    },
    advice,
  );
  if (!found.detail.startsWith('late: ')) return found;
  const detail = `no cron starts them: does wrangler.toml have [triggers]? ${found.detail}`;
  return { part, state: 'fault', detail } as const;
}

/** Two crons after its time. */
const isLate = (next: string) => Date.now() - Date.parse(next) > 30 * 60_000;

/** `D1 answers; watches: 2 passing, 1 new` */
function countStates(watches: readonly Watch[]): string {
  const states = watches.map(({ state }) => state ?? 'new');
  const counts = [...new Set(states)].map(
    (state) => `${states.filter((one) => one === state).length} ${state}`,
  );
  return `D1 answers; watches: ${counts.length > 0 ? counts.join(', ') : 'none'}`;
}

function diagnoseEvaluations({ evaluations, history }: DeploymentFeatures): Diagnosis {
  const part = 'evaluations';
  if (evaluations) return { part, state: 'on', detail: 'a workflow and a database are bound' };
  const missing = history ? 'a workflow as EVALUATIONS' : 'HISTORY, and a workflow as EVALUATIONS';
  const detail = `no comparison can be longer than one request: bind ${missing}`;
  return { part, state: 'off', detail };
}
