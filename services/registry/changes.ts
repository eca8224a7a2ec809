import {
  REGISTRY_LIMITS,
  type Alias,
  type RegistryDocument,
  type StoredVersion,
} from '../../contract/registry.ts';
import { ServiceError } from '../service-error.ts';

/** Changes of a registry document: each function returns a new document. */

/** A version without a number yet. */
export type NewVersion = Omit<StoredVersion, 'version'>;

/**
 * Adds a version, unless the same files are published already.
 *
 * @returns the document, and the number of the new or existing version
 * @throws ServiceError where the model file is published with another card or other probe results
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
    // A digest must identify one card and one set of results.
    const reason = `version ${known.version} has the same model file with another card or probe results`;
    throw conflict(`${reason}; delete that version first`);
  }
  if (document.versions.length >= REGISTRY_LIMITS.versions) {
    throw conflict(
      `"${document.id}" has ${REGISTRY_LIMITS.versions} versions, the maximum; delete some first`,
    );
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
 * @param from the version it must point at now, null for none; undefined allows any
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
    throw conflict(`"${document.id}" has ${REGISTRY_LIMITS.aliases} aliases, the maximum`);
  }
  const previous = alias ? [...alias.previous.filter((one) => one !== version), alias.version] : [];
  return setAlias(document, name, { version, since, previous });
}

/**
 * Points an alias at its previous version.
 *
 * @param from the version it must point at now
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
    throw conflict(`the alias ${name} of "${document.id}" has no previous version`);
  }
  return setAlias(document, name, { version, since, previous: alias.previous.slice(0, -1) });
}

export function withoutAlias(document: RegistryDocument, name: string): RegistryDocument {
  requireAlias(document, name);
  const others = Object.entries(document.aliases).filter(([known]) => known !== name);
  return { ...document, aliases: Object.fromEntries(others) };
}

/** @throws ServiceError where an alias points at the version */
export function withoutVersion(document: RegistryDocument, version: number): RegistryDocument {
  requireVersion(document, version);
  const pointing = Object.entries(document.aliases).filter(([, to]) => to.version === version);
  if (pointing.length > 0) {
    const names = pointing.map(([name]) => name).join(', ');
    throw conflict(`version ${version} of "${document.id}" is the target of ${names}`);
  }
  // A previous target of an alias may be deleted; a rollback then skips it.
  const withoutPrevious = (alias: Alias): Alias => ({
    ...alias,
    previous: alias.previous.filter((one) => one !== version),
  });
  const aliases = Object.entries(document.aliases).map(([name, alias]): [string, Alias] => [
    name,
    withoutPrevious(alias),
  ]);
  return {
    ...document,
    versions: document.versions.filter((one) => one.version !== version),
    aliases: Object.fromEntries(aliases),
  };
}

/** @throws ServiceError that lists the published versions */
export function requireVersion(document: RegistryDocument, version: number): StoredVersion {
  const found = document.versions.find((one) => one.version === version);
  if (found) return found;
  const known = document.versions.map((one) => one.version).join(', ') || 'none';
  const detail = `model "${document.id}" has no published version ${version}; its versions: ${known}`;
  throw new ServiceError('unknown-version', detail);
}

/** An alias, if the model has it. An own property: `toString` is no alias. */
export const aliasOf = ({ aliases }: RegistryDocument, name: string): Alias | undefined =>
  Object.hasOwn(aliases, name) ? aliases[name] : undefined;

function requireAlias(document: RegistryDocument, name: string): Alias {
  const alias = aliasOf(document, name);
  if (alias) return alias;
  const known = Object.keys(document.aliases).join(', ') || 'none';
  const detail = `model "${document.id}" has no alias ${name}; its aliases: ${known}`;
  throw new ServiceError('unknown-version', detail);
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

const conflict = (detail: string) => new ServiceError('registry-conflict', detail);
