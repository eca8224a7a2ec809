import {
  REGISTRY_LIMITS,
  type Alias,
  type RegistryDocument,
  type StoredVersion,
} from '../../contract/registry.ts';
import { Problem } from '../problem.ts';

/** What can be done to a document of the registry: functions of old documents that make new ones. */

/** A version whose number is not given out yet. */
export type NewVersion = Omit<StoredVersion, 'version'>;

/**
 * Adds a version, unless its files have been published already.
 *
 * @returns the document, and the number of the version, new or old
 * @throws Problem where the model file has been published with other files beside it
 */
export function withVersion(
  document: RegistryDocument,
  version: NewVersion,
): { document: RegistryDocument; number: number } {
  const digest = version.files['model.onnx'].sha256;
  const known = document.versions.find(({ files }) => files['model.onnx'].sha256 === digest);
  if (known) {
    if (known.card === version.card && known.probes === version.probes) {
      return { document, number: known.version };
    }
    // A digest would no longer say which answer to expect.
    const reason = `this model file is version ${known.version} already, with other files beside it`;
    throw conflict(`${reason}; delete that version first`);
  }
  if (document.versions.length >= REGISTRY_LIMITS.versions) {
    throw conflict(`"${document.id}" has ${REGISTRY_LIMITS.versions} versions; delete some first`);
  }
  const number = document.next;
  return {
    number,
    document: {
      ...document,
      next: number + 1,
      versions: [...document.versions, { ...version, version: number }],
    },
  };
}

/**
 * Points an alias at a version.
 *
 * @param from where it must point before, null for nowhere; undefined lets it point anywhere
 */
export function withAlias(
  document: RegistryDocument,
  name: string,
  version: number,
  since: string,
  from?: number | null,
): RegistryDocument {
  requireVersion(document, version);
  const alias = aliasOf(document, name);
  requireFrom(name, alias, from);
  if (alias?.version === version) return document;
  if (!alias && Object.keys(document.aliases).length >= REGISTRY_LIMITS.aliases) {
    throw conflict(`"${document.id}" has ${REGISTRY_LIMITS.aliases} aliases already`);
  }
  const previous = alias ? [...alias.previous.filter((one) => one !== version), alias.version] : [];
  return setAlias(document, name, { version, since, previous });
}

/**
 * Points an alias back at what it pointed at before.
 *
 * @param from where it must point now
 */
export function rolledBack(
  document: RegistryDocument,
  name: string,
  from: number,
  since: string,
): RegistryDocument {
  const alias = requireAlias(document, name);
  requireFrom(name, alias, from);
  const version = alias.previous.at(-1);
  if (version === undefined) {
    throw conflict(`the alias ${name} of "${document.id}" has pointed at nothing before`);
  }
  return setAlias(document, name, { version, since, previous: alias.previous.slice(0, -1) });
}

export function withoutAlias(document: RegistryDocument, name: string): RegistryDocument {
  requireAlias(document, name);
  const others = Object.entries(document.aliases).filter(([known]) => known !== name);
  return { ...document, aliases: Object.fromEntries(others) };
}

/** @throws Problem where an alias points at the version */
export function withoutVersion(document: RegistryDocument, version: number): RegistryDocument {
  requireVersion(document, version);
  const pointing = Object.entries(document.aliases).filter(([, to]) => to.version === version);
  if (pointing.length > 0) {
    const names = pointing.map(([name]) => name).join(', ');
    throw conflict(`version ${version} of "${document.id}" is in use as ${names}`);
  }
  // What an alias pointed at once can be deleted; then there is no way back to it.
  const forgetting = (alias: Alias): Alias => ({
    ...alias,
    previous: alias.previous.filter((one) => one !== version),
  });
  const aliases = Object.entries(document.aliases).map(([name, alias]) => [
    name,
    forgetting(alias),
  ]);
  return {
    ...document,
    versions: document.versions.filter((one) => one.version !== version),
    aliases: Object.fromEntries(aliases) as RegistryDocument['aliases'],
  };
}

/** @throws Problem that names the versions there are */
export function requireVersion(document: RegistryDocument, version: number): StoredVersion {
  const found = document.versions.find((one) => one.version === version);
  if (found) return found;
  const known = document.versions.map((one) => one.version).join(', ') || 'none';
  const detail = `model "${document.id}" has no published version ${version}; there are ${known}`;
  throw new Problem('unknown-version', detail);
}

/** An alias, if the model has it; not what every object has. */
export const aliasOf = ({ aliases }: RegistryDocument, name: string): Alias | undefined =>
  Object.hasOwn(aliases, name) ? aliases[name] : undefined;

function requireAlias(document: RegistryDocument, name: string): Alias {
  const alias = aliasOf(document, name);
  if (alias) return alias;
  const known = Object.keys(document.aliases).join(', ') || 'none';
  const detail = `model "${document.id}" has no alias ${name}; there are ${known}`;
  throw new Problem('unknown-version', detail);
}

function requireFrom(name: string, alias: Alias | undefined, from: number | null | undefined) {
  const now = alias?.version ?? null;
  if (from === undefined || from === now) return;
  throw conflict(`the alias ${name} points at ${now ?? 'nothing'}, not at ${from ?? 'nothing'}`);
}

const setAlias = (document: RegistryDocument, name: string, alias: Alias): RegistryDocument => ({
  ...document,
  aliases: { ...document.aliases, [name]: alias },
});

const conflict = (detail: string) => new Problem('registry-conflict', detail);
