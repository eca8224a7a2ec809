import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { modelIdSchema } from '../../contract/card.ts';
import { describeIssues } from '../../contract/schema-issues.ts';
import { writeAnswers, writeCard } from '../../measurement/card-file.ts';
import { importModel } from '../../measurement/import-model.ts';
import { writeAtomically } from '../../node/files.ts';
import { withProgressBar } from '../../node/progress.ts';
import { checkModelGraph } from '../../services/registry/graph-checks.ts';
import { formatPercent } from '../../statistics/format.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';

export interface ImportCommandOptions {
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  /** The parent of the model's folder. */
  readonly out: string;
  readonly queries: number;
  readonly pairs: number;
  readonly force?: boolean;
}

/**
 * Imports an ONNX file as a folder that can be checked, compared and published.
 *
 * @throws Error where the file cannot be imported, or the folder has other files
 */
export async function runImport(
  path: string,
  { out, force = false, ...options }: ImportCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const id = modelIdSchema.safeParse(options.id);
  if (!id.success) throw new Error(`--id "${options.id}": ${describeIssues(id.error)}`);
  const folder = join(out, options.id);
  if (!force && existsSync(folder) && readdirSync(folder).length > 0) {
    throw new Error(`${folder} is not empty; with --force, its files are replaced`);
  }
  const { card, model, answers, probes } = await withProgressBar('measuring', (onProgress) =>
    importModel(path, {
      ...options,
      onProgress: (what, done) => {
        onProgress(what === 'evaluation' ? done / 2 : (1 + done) / 2);
      },
    }),
  );
  mkdirSync(folder, { recursive: true });
  writeAtomically(join(folder, 'model.onnx'), model);
  writeAnswers(folder, card, answers);
  if (probes) writeAtomically(join(folder, 'probes.json'), `${JSON.stringify(probes, null, 2)}\n`);
  writeCard(folder, card);

  const { inputs } = card.signature;
  const layers = card.network.layers > 0 ? `${card.network.layers} layers` : 'layers unknown';
  terminal.out(`${card.id}: ${layers}, ${card.parameters} parameters\n`);
  const fed = inputs.filter(({ role }) => role !== 'cache').map(({ name }) => name);
  const cache = fed.length < inputs.length ? ', and an empty cache of keys' : '';
  terminal.out(`fed with ${fed.join(', ')}${cache}\n`);
  for (const { order, id: inside, ood } of card.evaluation.results) {
    const where = order === 'context' ? 'ordered text' : 'shuffled text';
    terminal.out(
      `${where}: up to 8 objects ${formatPercent(inside.accuracy)} of ${inside.count}, ` +
        `beyond ${formatPercent(ood.accuracy)} of ${ood.count}\n`,
    );
  }
  if (card.hooks.residual !== null) terminal.out(`no interventions: ${card.hooks.residual}\n`);
  else if (card.hooks.attention !== null) {
    terminal.out(`no patching of heads, no knockouts: ${card.hooks.attention}\n`);
  }
  for (const fault of checkModelGraph(card, model)) terminal.out(`cannot be published: ${fault}\n`);
  terminal.out(`wrote ${folder}\n`);
  return EXIT.pass;
}
