import { describe, expect, it } from 'vitest';
import { REGISTRY_LIMITS, type RegistryDocument } from '../../contract/registry.ts';
import { emptyDocument } from '../../services/registry/bucket.ts';
import {
  rolledBack,
  withAlias,
  withoutAlias,
  withoutVersion,
  withVersion,
  type ChangeContext,
} from '../../services/registry/changes.ts';

const digest = (digit: string) => digit.repeat(64);
const SHIPPED_FILE = digest('f');
const BY_CI: ChangeContext = {
  who: 'ci',
  when: '2026-11-22T10:00:00.000Z',
  shipped: SHIPPED_FILE,
};
const UNSHIPPED: ChangeContext = { ...BY_CI, shipped: null };

/** The model file of version 1 is 111…, that of version 2 is 222…. */
function published(...digits: string[]): RegistryDocument {
  return digits.reduce((document, digit) => {
    const version = {
      published: BY_CI.when,
      note: null,
      folder: '0b8f7a52-8d0c-4f5e-9a3b-1c2d3e4f5a6b',
      files: { 'model.onnx': { bytes: 1, sha256: digest(digit) }, 'encoder.onnx': null },
      card: digest(digit),
      probes: null,
      signature: null,
    };
    return withVersion(document, version, BY_CI).document;
  }, emptyDocument('a-model'));
}

const production = ({ aliases }: RegistryDocument) => aliases['production'];
const movesOf = ({ changes }: RegistryDocument) =>
  changes.map(({ action, alias, version, from, to }) => ({ action, alias, version, from, to }));

describe('a rollback', () => {
  it('goes back to what was shipped after the first promotion, and ends there', () => {
    const promoted = withAlias(published('1'), 'production', 1, BY_CI);
    expect(production(promoted)).toMatchObject({ version: 1, previous: ['shipped'] });
    const back = rolledBack(promoted, 'production', 1, BY_CI);
    expect(production(back)).toMatchObject({ version: 'shipped', previous: [] });
    expect(() => rolledBack(back, 'production', 'shipped', BY_CI)).toThrow('no previous version');
    const again = withAlias(back, 'production', 1, BY_CI);
    expect(production(again)).toMatchObject({ version: 1, previous: ['shipped'] });
  });

  it('passes every earlier version on the way, and skips deleted ones', () => {
    let document = published('1', '2', '3');
    for (const version of [1, 2, 3]) {
      document = withAlias(document, 'production', version, BY_CI);
    }
    document = withoutVersion(document, 2, BY_CI);
    document = rolledBack(document, 'production', 3, BY_CI);
    expect(production(document)).toMatchObject({ version: 1, previous: ['shipped'] });
  });

  it('has nowhere to go for another alias, and for a model that was not shipped', () => {
    const canary = withAlias(published('1'), 'canary', 1, BY_CI);
    expect(() => rolledBack(canary, 'canary', 1, BY_CI)).toThrow('no previous version');
    const unshipped = withAlias(published('1'), 'production', 1, UNSHIPPED);
    expect(() => rolledBack(unshipped, 'production', 1, UNSHIPPED)).toThrow('no previous version');
    expect(() => withAlias(unshipped, 'production', 'shipped', UNSHIPPED)).toThrow('not shipped');
  });

  it('is refused where the alias points elsewhere', () => {
    const promoted = withAlias(published('1', '2'), 'production', 2, BY_CI);
    expect(() => rolledBack(promoted, 'production', 1, BY_CI)).toThrow('points at 2, not at 1');
    expect(() => withAlias(promoted, 'production', 1, BY_CI, 'shipped')).toThrow(
      'points at 2, not at shipped',
    );
  });
});

describe('every change', () => {
  it('is recorded with who, when, and the digests before and after', () => {
    let document = withAlias(published('1'), 'production', 1, BY_CI, null);
    document = rolledBack(document, 'production', 1, { ...BY_CI, who: 'anna' });
    document = withoutAlias(document, 'production', BY_CI);
    document = withAlias(document, 'canary', 1, BY_CI);
    document = withoutAlias(document, 'canary', BY_CI);
    document = withoutVersion(document, 1, BY_CI);
    const one = digest('1');
    expect(movesOf(document)).toEqual([
      { action: 'publish', alias: null, version: 1, from: null, to: one },
      { action: 'promote', alias: 'production', version: 1, from: SHIPPED_FILE, to: one },
      { action: 'rollback', alias: 'production', version: 'shipped', from: one, to: SHIPPED_FILE },
      {
        ...{ action: 'remove-alias', alias: 'production', version: 'shipped' },
        ...{ from: SHIPPED_FILE, to: SHIPPED_FILE },
      },
      { action: 'promote', alias: 'canary', version: 1, from: null, to: one },
      { action: 'remove-alias', alias: 'canary', version: null, from: one, to: null },
      { action: 'delete', alias: null, version: 1, from: one, to: null },
    ]);
    expect(document.changes[2]).toMatchObject({ who: 'anna', when: BY_CI.when });
  });

  it('is not recorded where nothing changes, and the oldest are dropped', () => {
    let document = withAlias(published('1', '2'), 'production', 1, BY_CI);
    expect(withAlias(document, 'production', 1, BY_CI)).toBe(document);
    for (let index = 0; index < REGISTRY_LIMITS.changes; index++) {
      document = withAlias(document, 'canary', (index % 2) + 1, BY_CI);
    }
    expect(document.changes).toHaveLength(REGISTRY_LIMITS.changes);
    expect(document.changes.every(({ alias }) => alias === 'canary')).toBe(true);
  });
});
