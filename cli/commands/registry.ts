import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient, type Client } from '../../client/index.ts';
import { modelCardSchema } from '../../contract/card.ts';
import { UPLOAD_PARTS, type RegisteredModel } from '../../contract/registry.ts';
import type { Terminal } from '../terminal.ts';

export interface RegistryOptions {
  readonly url: string;
  readonly timeout: number;
}

export interface PublishOptions extends RegistryOptions {
  readonly alias?: string;
  readonly note?: string;
}

function clientOf({ url, timeout }: RegistryOptions, { env, signal }: Terminal): Client {
  const token = env['BINDSCOPE_TOKEN'];
  return createClient({
    url,
    timeout: 1000 * timeout,
    ...(token && { token }),
    ...(signal && { signal }),
  });
}

/**
 * Publishes a folder.
 *
 * @throws Error where it is no model's folder, or the server does not take it
 */
export async function runPublish(
  folder: string,
  options: PublishOptions,
  terminal: Terminal,
): Promise<void> {
  const files = await filesOf(folder);
  const id = await idOf(folder, files);
  const { alias, note } = options;
  const { version } = await clientOf(options, terminal).registry.publish(id, files, {
    alias,
    note,
  });
  terminal.out(`${id}@${version} is published${alias === undefined ? '' : ` as ${alias}`}\n`);
}

export async function runList(
  options: RegistryOptions & { readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const models = await clientOf(options, terminal).registry.list();
  if (options.json) terminal.out(`${JSON.stringify(models, null, 2)}\n`);
  else terminal.out(models.map(told).join('') || 'nothing is published\n');
}

export async function runPromote(
  { id, alias, version }: { id: string; alias: string; version: number },
  options: RegistryOptions,
  terminal: Terminal,
): Promise<void> {
  const model = await clientOf(options, terminal).registry.promote(id, alias, version);
  terminal.out(`${id}@${alias} is version ${model.aliases[alias].version}\n`);
}

/** @throws Error where there is nothing to go back to, or somebody else moves the alias meanwhile */
export async function runRollBack(
  { id, alias }: { id: string; alias: string },
  options: RegistryOptions,
  terminal: Terminal,
): Promise<void> {
  const { registry } = clientOf(options, terminal);
  const before = await registry.model(id);
  if (!Object.hasOwn(before.aliases, alias)) throw new Error(`"${id}" has no alias ${alias}`);
  const from = before.aliases[alias].version;
  const { aliases } = await registry.rollBack(id, alias, from);
  terminal.out(`${id}@${alias} is version ${aliases[alias].version} again, was ${from}\n`);
}

export async function runDelete(
  { id, version }: { id: string; version: number },
  options: RegistryOptions,
  terminal: Terminal,
): Promise<void> {
  await clientOf(options, terminal).registry.deleteVersion(id, version);
  terminal.out(`${id}@${version} is deleted\n`);
}

/** One line a version: its number, what points at it, its digest, when and why it came. */
function told({ id, aliases, versions }: RegisteredModel): string {
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

async function filesOf(folder: string): Promise<Map<string, Blob>> {
  const files = new Map<string, Blob>();
  for (const [name, { required }] of Object.entries(UPLOAD_PARTS)) {
    try {
      files.set(name, new Blob([await readFile(join(folder, name))]));
    } catch (cause) {
      const absent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
      if (absent && !required) continue;
      throw new Error(`${join(folder, name)} cannot be read`, { cause });
    }
  }
  return files;
}

async function idOf(folder: string, files: ReadonlyMap<string, Blob>): Promise<string> {
  try {
    return modelCardSchema.parse(JSON.parse((await files.get('card.json')?.text()) ?? '')).id;
  } catch (cause) {
    throw new Error(`${join(folder, 'card.json')} is not the card of a model`, { cause });
  }
}
