import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { answersSchema, type Answers } from '../contract/answers.ts';
import { modelCardSchema, type ModelCard } from '../contract/card.ts';
import { probesSchema, type Probes } from '../contract/probes.ts';
import { ANSWERS_FILE } from '../measurement/card-file.ts';
import { readJson } from '../node/files.ts';
import { presetNamed } from '../trainer/presets.ts';
import { DEFAULT_ENCODER, DEFAULT_PRESET } from '../trainer/run-key.ts';
import { FAILURE_FILE, failureSchema } from '../trainer/sweep/failure.ts';

/** What is known of one trained model. */
export interface ModelResults {
  readonly card: ModelCard;
  /** Absent where it was not probed, or where the probes are an older model's of the same name. */
  readonly probes?: Probes;
  /** Absent likewise. */
  readonly answers?: Answers;
}

/** A branch of a sweep that has no model, and why. */
export interface FailedRun {
  readonly name: string;
  readonly reason: string;
}

/** Reads `<folder>/card.json` and what stands beside it. */
export function readModel(folder: string): ModelResults {
  const card = readJson(join(folder, 'card.json'), modelCardSchema);
  const { sha256 } = card.files.model;
  const probesPath = join(folder, 'probes.json');
  const probes = existsSync(probesPath) ? readJson(probesPath, probesSchema) : undefined;
  const answersPath = join(folder, ANSWERS_FILE);
  const answers = existsSync(answersPath) ? readJson(answersPath, answersSchema) : undefined;
  return {
    card,
    ...(probes?.digest === sha256 && { probes }),
    ...(answers?.digest === sha256 && { answers }),
  };
}

/** Every model and every failure in a folder of results; none where there is no such folder. */
export function readRuns(folder: string): { runs: ModelResults[]; failed: FailedRun[] } {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const having = (file: string) => names.filter((name) => existsSync(join(folder, name, file)));
  return {
    runs: having('card.json').map((name) => readModel(join(folder, name))),
    failed: having(FAILURE_FILE).map((name) => {
      const { reason } = readJson(join(folder, name, FAILURE_FILE), failureSchema);
      return { name, reason };
    }),
  };
}

/** How a run differs from the usual one of its regime: size, encoder, patches; empty where it does not. */
export function variantOf({ card: { recipe } }: ModelResults): string {
  const { preset, encoder, grid } = recipe;
  const parts = [
    ...(preset === DEFAULT_PRESET ? [] : [`${preset} size`]),
    ...(encoder && encoder.name !== DEFAULT_ENCODER ? [encoder.name] : []),
    ...(encoder && grid !== presetNamed(preset)?.grid ? [`${grid} x ${grid} patches`] : []),
  ];
  return parts.join(', ');
}

/** Accuracies under one condition. */
export const resultOf = ({ card }: ModelResults, modality: string, order: string) =>
  card.evaluation.results.find((entry) => entry.modality === modality && entry.order === order);

/** Accuracy beyond training on text with the associations in the context's order. */
export const oodOf = (model: ModelResults) => resultOf(model, 'text', 'context')?.ood;

/** Interchange on text with the associations in the context's order. */
export const interchangeOf = ({ probes }: ModelResults) =>
  probes?.interchange?.find(({ modality, order }) => modality === 'text' && order === 'context');
