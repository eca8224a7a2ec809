import type { CheckReport } from '../../contract/regression.ts';
import type { AskedModels } from '../../services/checks/deployment.ts';
import { LOCAL_URL, type DeploymentOptions } from '../options.ts';
import { serverClient } from '../server-client.ts';
import type { Terminal } from '../terminal.ts';

/**
 * Saves the report in the history of the checked server. The result goes to standard error and does not
 * change the verdict.
 */
export async function saveReport(
  report: CheckReport,
  deployment: AskedModels,
  { url = LOCAL_URL, timeout, save }: DeploymentOptions & { readonly save?: string | true },
  terminal: Terminal,
): Promise<void> {
  const { err } = terminal;
  const client = serverClient({ url, timeout }, terminal);
  try {
    const ids = [...new Set(report.tests.map(({ model }) => model))];
    const digests = await Promise.all(
      ids.map(async (id) => [id, (await deployment.facts(id)).digests.model]),
    );
    const { saved, reason, run } = await client.history.save({
      kind: 'check',
      digests: Object.fromEntries(digests) as Record<string, string>,
      report,
      ...(typeof save === 'string' && { label: save }),
    });
    err(saved ? `saved as run ${run.id}\n` : `not saved: ${reason}\n`);
  } catch (error) {
    err(`not saved: ${error instanceof Error ? error.message : 'unknown error'}\n`);
  }
}
