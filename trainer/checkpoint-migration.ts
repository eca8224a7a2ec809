/**
 * Checkpoints outlive the names of their fields. These are the names that recipes and lineages had
 * before, in checkpoints written up to November 2026.
 */
const RENAMED_FIELDS: ReadonlyMap<string, string> = new Map([
  ['associationNoise', 'maxAssociationGaps'],
  ['blindAssociations', 'contextMaskProbability'],
  ['budget', 'matchBudgetOf'],
  ['embeddings', 'tokenEmbeddingsFrom'],
  ['gave', 'contributed'],
  ['looksAt', 'inputScope'],
  ['noise', 'maxPositionGaps'],
]);

/** Fields whose values are names of regimes. */
const REGIME_FIELDS: ReadonlySet<string> = new Set(['regime', 'from', 'matchBudgetOf']);

/** A recipe or lineage, parsed from JSON, with today's names. */
export function withCurrentNames(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withCurrentNames);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([field, value]) => {
      const name = RENAMED_FIELDS.get(field) ?? field;
      return [name, currentValue(name, value)];
    }),
  );
}

function currentValue(field: string, value: unknown): unknown {
  if (typeof value !== 'string') return withCurrentNames(value);
  if (field === 'tokenEmbeddingsFrom' && value === 'stranger') return 'donor';
  return REGIME_FIELDS.has(field) ? value.replace(/^swapped-/, 'donor-embeddings-') : value;
}
