import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SCHEMA_ADDRESSES } from '../../contract/schema-addresses.ts';
import { compareRecordings } from '../../statistics/regression.ts';
import { madeBaseline, madeRecording, outcomes } from '../../harness/recordings.ts';
import { ROOT } from '../../build/paths.ts';
import { schemaFaults as faults } from '../support/json-schema.ts';

const before = { 4: outcomes(200, 0), 9: outcomes(100, 100) };
const baseline = madeBaseline({ outcomes: before, symbolic: 60 });

describe('the published JSON Schema', () => {
  it.each([
    ['that passes', { outcomes: before, symbolic: 60 }, {}],
    ['that fails', { outcomes: { ...before, 4: outcomes(100, 100) }, symbolic: 2, p50: 40 }, {}],
    ['that is insufficient', { outcomes: before, digest: '1' }, { minimumDetectable: 0.01 }],
  ])('of a report takes one %s', (_, after, options) => {
    const report = compareRecordings(baseline, madeRecording(after), options);
    expect(report.$schema).toBe(SCHEMA_ADDRESSES.checkReport);
    expect(faults(report.$schema, report)).toEqual([]);
    expect(faults(report.$schema, { ...report, verdict: 'fine' })).not.toEqual([]);
    expect(faults(report.$schema, { ...report, sensitivity: undefined })).not.toEqual([]);
  });

  it('of a baseline takes one, with edited tolerances or with none, and no unknown key', () => {
    const { baseline: address } = SCHEMA_ADDRESSES;
    expect(faults(address, { $schema: address, ...baseline })).toEqual([]);
    expect(faults(address, { ...baseline, tolerances: {} })).toEqual([]);
    expect(faults(address, { ...baseline, tolerances: { alfa: 0.1 } })).not.toEqual([]);
    expect(faults(address, { ...baseline, models: [] })).not.toEqual([]);
  });

  it('of a card takes every shipped one', () => {
    const folders = readdirSync(join(ROOT, 'models'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'encoders')
      .map(({ name }) => name);
    expect(folders.length).toBeGreaterThan(5);
    for (const folder of folders) {
      const path = join(ROOT, 'models', folder, 'card.json');
      const card = JSON.parse(readFileSync(path, 'utf8')) as object;
      expect({ folder, faults: faults(SCHEMA_ADDRESSES.modelCard, card) }).toEqual({
        folder,
        faults: [],
      });
      expect(faults(SCHEMA_ADDRESSES.modelCard, { ...card, seed: '0' })).not.toEqual([]);
    }
  });

  it('of an interchange takes every one in results/', () => {
    const folder = join(ROOT, 'results/pretrained');
    const files = readdirSync(folder);
    expect(files).toContain('known-answers.json');
    for (const file of files) {
      const result = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
        readonly prompts: object;
      };
      const { languageInterchange: address } = SCHEMA_ADDRESSES;
      expect({ file, faults: faults(address, result) }).toEqual({ file, faults: [] });
      expect(faults(address, { ...result, models: [] })).not.toEqual([]);
      const prompts = { ...result.prompts, chat: 'yes' };
      expect(faults(address, { ...result, prompts })).not.toEqual([]);
    }
  });
});
