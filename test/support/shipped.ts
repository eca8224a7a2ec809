import { readFileSync } from 'node:fs';
import { trainedCardSchema, modelIndexSchema, type TrainedCard } from '../../contract/card.ts';
import { ROOT } from '../../build/paths.ts';

/** A file of `models/`. */
export const shippedFile = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(`${ROOT}models/${path}`));

const json = (path: string): unknown => JSON.parse(Buffer.from(shippedFile(path)).toString());

/** The models that are shipped, by id. */
export const SHIPPED_MODELS = modelIndexSchema.parse(json('index.json')).models;

export const shippedCard = (id: string): TrainedCard =>
  trainedCardSchema.parse(json(`${id}/card.json`));
