import { buildOnce } from '../build/once.ts';
import { FIXTURES_DIRECTORY } from '../build/paths.ts';

/**
 * Untrained models: small, made in seconds, with answers no better than chance. The one that reads
 * text has an interchange measurement; the one that sees has none.
 */
export const FIXTURES = { text: 'fixture-text', seeing: 'fixture-seeing' } as const;

/** What the files of the miniature models depend on. */
const SOURCES = [
  ...['task', 'contract', 'onnx', 'statistics', 'inference', 'probes', 'node', 'measurement'],
  ...['trainer', 'harness/write-miniature-models.ts', 'models/encoders/random'],
  'package-lock.json',
];

/** Writes them to `dist/fixtures`, where their sources have changed. */
export default async function buildMiniatureModels(): Promise<void> {
  await buildOnce('fixtures', SOURCES, async () => {
    // Loaded here alone: the trainer takes seconds, and most tests only name the models.
    const { writeMiniatureModels } = await import('./write-miniature-models.ts');
    await writeMiniatureModels(FIXTURES_DIRECTORY, FIXTURES);
  });
}
