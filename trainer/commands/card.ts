import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { trainedCardSchema } from '../../contract/card.ts';
import { TRAINING_LOG, writeCard } from '../../measurement/card-file.ts';
import { readJson } from '../../node/files.ts';
import { curveOf } from '../curve.ts';
import { readMetrics } from '../metrics.ts';

export interface CardOptions {
  readonly models: string;
}

/**
 * Derives an exported model's training curve and figure again, from its log. Measurements and provenance stay unchanged.
 */
export function runCard(id: string, { models }: CardOptions): void {
  const folder = join(models, id);
  const path = join(folder, 'card.json');
  if (!existsSync(path)) {
    throw new Error(`there is no model ${id} in ${models}; export its run first`);
  }
  const old = readJson(path, z.looseObject({}));
  const metrics = readMetrics(join(folder, TRAINING_LOG));
  const card = trainedCardSchema.parse({ ...old, ...curveOf(metrics) });
  writeCard(folder, card);
  console.log(`wrote ${path}`);
}
