import { PRODUCTION, SHIPPED } from '../../contract/model-reference.ts';
import {
  REGISTRY_LIMITS,
  type Alias,
  type AliasTarget,
  type RegistryChange,
  type RegistryDocument,
  type StoredVersion,
} from '../../contract/registry.ts';
import { ServiceError } from '../service-error.ts';

/** Changes of a registry document: each function returns a new document, which records the change. */

/** A version without a number yet. */
export type NewVersion = Omit<StoredVersion, 'version'>;

/** Who changes a document, and when. */
export interface ChangeContext {
  /** The name of the write token. */
  readonly who: string;
  /** ISO 8601. */
  readonly when: string;
  /** sha256 of the model file deployed with the worker; null where the model was not shipped. */
  readonly shipped: string | null;
}

/**
 * Adds a version, unless the same files are published already.
 *
 * @returns the document, and the number of the new or existing version
 * @throws ServiceError where the model file is published with another card or other probe results
 */
export function withVersion(
  document: RegistryDocument,
  version: NewVersion,
  context: ChangeContext,
): { document: RegistryDocument; number: number } {
  const digest = version.files['model.onnx'].sha256;
  const known = document.versions.find(({ files }) => files['model.onnx'].sha256 === digest);
  if (known) {
    if (known.card === version.card && known.probes === version.probes) {
      if (known.signature !== null || version.signature === null) {
        return { document, number: known.version };
      }
      const detail = `version ${known.version} has the same files without a signature; delete that version first`;
      throw conflict(detail);
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
  const changed = {
    ...document,
    next: number + 1,
    versions: [...document.versions, { ...version, version: number }],
  };
  const change = { alias: null, version: number, from: null, to: digest };
  return { number, document: recorded(changed, 'publish', change, context) };
}

/**
 * Points an alias at a version, or at the file deployed with the worker.
 *
 * @param from where it must point now, null for nowhere; undefined allows any
 */
export function withAlias(
  document: RegistryDocument,
  name: string,
  version: AliasTarget,
  context: ChangeContext,
  from?: AliasTarget | null,
): RegistryDocument {
  requireTarget(document, version, context);
  const alias = aliasOf(document, name);
  requireFrom(name, alias, from);
  if (alias?.version === version) return document;
  if (!alias && Object.keys(document.aliases).length >= REGISTRY_LIMITS.aliases) {
    throw conflict(`"${document.id}" has ${REGISTRY_LIMITS.aliases} aliases, the maximum`);
  }
  const before = targetOf(document, name, context);
  const previous = [...(alias?.previous ?? []), ...(before === null ? [] : [before])];
  const others = previous.filter((one) => one !== version);
  return moveAlias(document, name, 'promote', { version, previous: others }, context);
}

/**
 * Points an alias at its previous version.
 *
 * @param from where it must point now
 */
export function rolledBack(
  document: RegistryDocument,
  name: string,
  from: AliasTarget,
  context: ChangeContext,
): RegistryDocument {
  const alias = requireAlias(document, name);
  requireFrom(name, alias, from);
  const version = alias.previous.at(-1);
  if (version === undefined) {
    throw conflict(`the alias ${name} of "${document.id}" has no previous version`);
  }
  requireTarget(document, version, context);
  const previous = alias.previous.slice(0, -1);
  return moveAlias(document, name, 'rollback', { version, previous }, context);
}

export function withoutAlias(
  document: RegistryDocument,
  name: string,
  context: ChangeContext,
): RegistryDocument {
  requireAlias(document, name);
  const others = Object.entries(document.aliases).filter(([known]) => known !== name);
  const changed = { ...document, aliases: Object.fromEntries(others) };
  return recorded(changed, 'remove-alias', aliasMove(document, changed, name, context), context);
}

/** @throws ServiceError where an alias points at the version */
export function withoutVersion(
  document: RegistryDocument,
  version: number,
  context: ChangeContext,
): RegistryDocument {
  const { files } = requireVersion(document, version);
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
  const changed = {
    ...document,
    versions: document.versions.filter((one) => one.version !== version),
    aliases: Object.fromEntries(aliases),
  };
  const change = { alias: null, version, from: files['model.onnx'].sha256, to: null };
  return recorded(changed, 'delete', change, context);
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

function requireFrom(name: string, alias: Alias | undefined, from: AliasTarget | null | undefined) {
  const now = alias?.version ?? null;
  if (from === undefined || from === now) return;
  throw conflict(`the alias ${name} points at ${now ?? 'nothing'}, not at ${from ?? 'nothing'}`);
}

function requireTarget(
  document: RegistryDocument,
  target: AliasTarget,
  { shipped }: ChangeContext,
): void {
  if (target !== SHIPPED) requireVersion(document, target);
  else if (shipped === null) {
    const detail = `model "${document.id}" was not shipped with this deployment`;
    throw new ServiceError('unknown-version', detail);
  }
}

/** What a name selects: without the alias `production`, the bare id selects the shipped file. */
function targetOf(
  document: RegistryDocument,
  name: string,
  { shipped }: ChangeContext,
): AliasTarget | null {
  const alias = aliasOf(document, name);
  if (alias) return alias.version;
  return name === PRODUCTION && shipped !== null ? SHIPPED : null;
}

function digestOf(document: RegistryDocument, target: AliasTarget, { shipped }: ChangeContext) {
  if (target === SHIPPED) return shipped;
  return requireVersion(document, target).files['model.onnx'].sha256;
}

function moveAlias(
  document: RegistryDocument,
  name: string,
  action: RegistryChange['action'],
  alias: Omit<Alias, 'since'>,
  context: ChangeContext,
): RegistryDocument {
  const aliases = { ...document.aliases, [name]: { ...alias, since: context.when } };
  const changed = { ...document, aliases };
  return recorded(changed, action, aliasMove(document, changed, name, context), context);
}

type Move = Pick<RegistryChange, 'alias' | 'version' | 'from' | 'to'>;

/** What an alias selected before a change and selects after it. */
function aliasMove(
  before: RegistryDocument,
  after: RegistryDocument,
  alias: string,
  context: ChangeContext,
): Move {
  const digestIn = (document: RegistryDocument) => {
    const target = targetOf(document, alias, context);
    return target === null ? null : digestOf(document, target, context);
  };
  const version = targetOf(after, alias, context);
  return { alias, version, from: digestIn(before), to: digestIn(after) };
}

function recorded(
  document: RegistryDocument,
  action: RegistryChange['action'],
  move: Move,
  { who, when }: ChangeContext,
): RegistryDocument {
  const changes = [...document.changes, { when, who, action, ...move }];
  return { ...document, changes: changes.slice(-REGISTRY_LIMITS.changes) };
}

const conflict = (detail: string) => new ServiceError('registry-conflict', detail);
