import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { modelCardSchema } from '../../contract/card.ts';
import { TRAINING_LOG, writeCard } from '../card-file.ts';
import { curveOf } from '../curve.ts';
import { readMetrics } from '../train.ts';

export interface CardArguments {
  readonly models: string;
}

/**
 * Writes again what follows from a shipped model's other files: the card's curve and its figure, from
 * the log. What was measured and how it was trained stays as it is.
 */
export function runCard(id: string, { models }: CardArguments): void {
  const folder = join(models, id);
  const path = join(folder, 'card.json');
  if (!existsSync(path)) throw new Error(`there is no model ${id} in ${models}: export it first`);
  // A card of an older form may lack what is made here.
  const old = z.looseObject({}).parse(JSON.parse(readFileSync(path, 'utf8')));
  const metrics = readMetrics(join(folder, TRAINING_LOG));
  writeCard(folder, modelCardSchema.parse({ ...old, ...curveOf(metrics) }));
  console.log(`${path} is written`);
}
