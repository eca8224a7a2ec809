import { createClient } from '../../client/index.ts';
import type { CheckReport } from '../../contract/regression.ts';
import type { Deployment } from '../deployment.ts';
import { LOCAL, type DeploymentOptions } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/**
 * Has the server that was checked keep the report. Whether it does is told on standard error and does
 * not change what the check says.
 */
export async function saveReport(
  report: CheckReport,
  deployment: Deployment,
  { url = LOCAL, timeout, save }: DeploymentOptions & { readonly save?: string | true },
  { env, err, signal }: Terminal,
): Promise<void> {
  const token = env['BINDSCOPE_TOKEN'];
  const client = createClient({
    url,
    timeout: 1000 * timeout,
    ...(token && { token }),
    ...(signal && { signal }),
  });
  try {
    const ids = [...new Set(report.tests.map(({ model }) => model))];
    const digests = await Promise.all(
      ids.map(async (id) => [id, (await deployment.card(id)).files.model.sha256]),
    );
    const { saved, reason, run } = await client.history.save({
      kind: 'check',
      digests: Object.fromEntries(digests) as Record<string, string>,
      report,
      ...(typeof save === 'string' && { label: save }),
    });
    err(saved ? `kept as run ${run.id}\n` : `not kept: ${reason}\n`);
  } catch (error) {
    err(`not kept: ${error instanceof Error ? error.message : 'something unknown went wrong'}\n`);
  }
}
