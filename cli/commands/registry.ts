import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelCardSchema } from '../../contract/card.ts';
import { SHIPPED } from '../../contract/model-reference.ts';
import {
  UPLOAD_PARTS,
  type AliasTarget,
  type RegisteredModel,
  type RegistryChange,
} from '../../contract/registry.ts';
import { describeIssues } from '../../contract/schema-issues.ts';
import { serverClient, type ServerOptions } from '../server-client.ts';
import type { Terminal } from '../terminal.ts';

export interface PublishOptions extends ServerOptions {
  readonly alias?: string;
  readonly note?: string;
}

/**
 * Publishes the model of a folder.
 *
 * @throws Error where the folder has no valid model, or the server refuses it
 */
export async function runPublish(
  folder: string,
  options: PublishOptions,
  terminal: Terminal,
): Promise<void> {
  const files = await readFiles(folder);
  const id = await readId(folder, files);
  const { alias, note } = options;
  const { version } = await serverClient(options, terminal).registry.publish(id, files, {
    alias,
    note,
  });
  terminal.out(`published ${id}@${version}${alias === undefined ? '' : ` as ${alias}`}\n`);
}

export async function runList(
  options: ServerOptions & { readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const models = await serverClient(options, terminal).registry.list();
  if (options.json) terminal.out(`${JSON.stringify(models, null, 2)}\n`);
  else terminal.out(models.map(describeVersions).join('') || 'no published models\n');
}

export async function runPromote(
  { id, alias, version }: { id: string; alias: string; version: AliasTarget },
  options: ServerOptions,
  terminal: Terminal,
): Promise<void> {
  const model = await serverClient(options, terminal).registry.promote(id, alias, version);
  terminal.out(`${id}@${alias} is now ${describeTarget(aliasedVersion(model, alias))}\n`);
}

/** @throws Error where the alias does not exist */
export async function runRemoveAlias(
  { id, alias }: { id: string; alias: string },
  options: ServerOptions,
  terminal: Terminal,
): Promise<void> {
  await serverClient(options, terminal).registry.removeAlias(id, alias);
  terminal.out(`removed ${id}@${alias}\n`);
}

/** Prints who changed what and when, newest first. */
export async function runChanges(
  id: string,
  options: ServerOptions & { readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const changes = await serverClient(options, terminal).registry.changes(id);
  if (options.json) terminal.out(`${JSON.stringify(changes, null, 2)}\n`);
  else terminal.out(changes.map((change) => describeChange(id, change)).join(''));
}

/** @throws Error where the alias does not exist, has no previous version, or changes meanwhile */
export async function runRollBack(
  { id, alias }: { id: string; alias: string },
  options: ServerOptions,
  terminal: Terminal,
): Promise<void> {
  const { registry } = serverClient(options, terminal);
  const from = aliasedVersion(await registry.model(id), alias);
  const to = aliasedVersion(await registry.rollBack(id, alias, from), alias);
  terminal.out(`${id}@${alias} is ${describeTarget(to)} again, was ${from}\n`);
}

export async function runDelete(
  { id, version }: { id: string; version: number },
  options: ServerOptions,
  terminal: Terminal,
): Promise<void> {
  await serverClient(options, terminal).registry.deleteVersion(id, version);
  terminal.out(`deleted ${id}@${version}\n`);
}

const describeTarget = (target: AliasTarget): string =>
  target === SHIPPED ? 'the shipped version' : `version ${target}`;

/** `2026-11-22T10:00:00.000Z ci promote text-only@production 2 3f2a… -> 91b0…` */
function describeChange(
  id: string,
  { when, who, action, alias, version, from, to }: RegistryChange,
): string {
  const what = alias === null ? `${id}@${version}` : `${id}@${alias} ${version ?? 'none'}`;
  const short = (digest: string | null) => digest?.slice(0, 12) ?? 'none';
  return `${when} ${who} ${action} ${what} ${short(from)} -> ${short(to)}\n`;
}

/** One line per version: number, digest, date, aliases and note. */
function describeVersions({ id, aliases, versions }: RegisteredModel): string {
  return versions
    .map(({ version, published, note, files }) => {
      const names = Object.entries(aliases).filter(([, alias]) => alias.version === version);
      const parts = [
        `${id}@${version}`,
        files['model.onnx'].sha256.slice(0, 12),
        published,
        ...names.map(([name]) => name),
        ...(note === null ? [] : [`(${note})`]),
      ];
      return `${parts.join(' ')}\n`;
    })
    .join('');
}

/** @throws Error where the model does not have the alias */
function aliasedVersion({ id, aliases }: RegisteredModel, alias: string): AliasTarget {
  const entry = Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
  if (!entry) throw new Error(`"${id}" has no alias ${alias}`);
  return entry.version;
}

/** @throws Error where files cannot be read; it names all of them */
async function readFiles(folder: string): Promise<Map<string, Blob>> {
  const files = new Map<string, Blob>();
  const faults: string[] = [];
  for (const [name, { required }] of Object.entries(UPLOAD_PARTS)) {
    const path = join(folder, name);
    try {
      files.set(name, new Blob([await readFile(path)]));
    } catch (cause) {
      const code =
        cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
      if (code === 'ENOENT' && !required) continue;
      faults.push(`cannot read ${path}: ${code === 'ENOENT' ? 'there is no such file' : code}`);
    }
  }
  if (faults.length > 0) throw new Error(faults.join('; '));
  return files;
}

/** @throws Error where the card is invalid; it has all reasons */
async function readId(folder: string, files: ReadonlyMap<string, Blob>): Promise<string> {
  const path = join(folder, 'card.json');
  let content: unknown;
  try {
    content = JSON.parse((await files.get('card.json')?.text()) ?? '');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'unknown reason';
    throw new Error(`${path} is not JSON: ${reason}`, { cause });
  }
  const card = modelCardSchema.safeParse(content);
  if (card.success) return card.data.id;
  throw new Error(`${path} is not the card of a model: ${describeIssues(card.error)}`);
}
