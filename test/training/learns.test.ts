import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENGINES } from '../../trainer/engines/index.ts';
import { METRICS_FILE, readMetrics } from '../../trainer/metrics.ts';
import { train } from '../../trainer/train.ts';
import { MINIATURE } from '../support/training.ts';

describe('Training from nothing', () => {
  it('learns both hops and then the task, on scenes that it has never seen', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'bindscope-'));
    await train({
      recipe: MINIATURE,
      seed: 0,
      directory,
      provenance: { command: 'test', commit: 'test', engine: 'ort' },
      engine: ENGINES.ort,
      engineOptions: {},
    });
    const metrics = readMetrics(join(directory, METRICS_FILE));
    const [first, last] = [metrics[0], metrics.at(-1)];
    expect(last?.objects).toBe(4);
    expect(last?.accuracy['text.association']).toBeGreaterThan(0.85);
    expect(last?.accuracy['text.shape']).toBeGreaterThan(0.85);
    // Associations are shuffled: a guess among four objects is correct one time in four.
    expect(last?.validation?.['text.4']).toBeGreaterThan(0.75);
    expect(first?.accuracy['text.hop']).toBeLessThan(0.7);
  });
});
