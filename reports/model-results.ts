import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { answersSchema, type Answers } from '../contract/answers.ts';
import { trainedCardSchema, type Evaluation, type TrainedCard } from '../contract/card.ts';
import {
  probesSchema,
  type Interchange,
  type OutcomeShares,
  type Probes,
} from '../contract/probes.ts';
import { ANSWERS_FILE } from '../measurement/card-file.ts';
import { readJson } from '../node/files.ts';
import { mechanismOf, type Mechanism } from '../probes/interpretation.ts';
import type { AssociationOrder, Modality } from '../task/spec.ts';
import { presetNamed } from '../trainer/presets.ts';
import { DEFAULT_ENCODER, DEFAULT_PRESET } from '../trainer/run-key.ts';
import { FAILURE_FILE, failureSchema } from '../trainer/sweep/failure.ts';

/** What was measured of one trained model. */
export interface ModelResults {
  /** Name of its folder. */
  readonly name: string;
  readonly card: TrainedCard;
  /** Absent where the model was not probed, or where the file describes another model file. */
  readonly probes?: Probes;
  /** Absent where there is no such file, or where it describes another model file. */
  readonly answers?: Answers;
}

/** A run of a sweep that failed, and why. */
export interface FailedRun {
  readonly name: string;
  readonly reason: string;
}

/** Reads `<folder>/card.json` and the files beside it. */
export function readModel(folder: string): ModelResults {
  const card = readJson(join(folder, 'card.json'), trainedCardSchema);
  const { sha256 } = card.files.model;
  const probesPath = join(folder, 'probes.json');
  const probes = existsSync(probesPath) ? readJson(probesPath, probesSchema) : undefined;
  const answersPath = join(folder, ANSWERS_FILE);
  const answers = existsSync(answersPath) ? readJson(answersPath, answersSchema) : undefined;
  return {
    name: basename(folder),
    card,
    ...(probes?.digest === sha256 && { probes }),
    ...(answers?.digest === sha256 && { answers }),
  };
}

/** Every model and every failure in a folder; none where there is no such folder. */
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

/** How a run differs from the usual run of its regime: size, encoder, patches. Empty where it does not. */
export function variantOf({ card: { recipe } }: Pick<ModelResults, 'card'>): string {
  const { preset, encoder, grid } = recipe;
  const parts = [
    ...(preset === DEFAULT_PRESET ? [] : [`${preset} size`]),
    ...(encoder && encoder.name !== DEFAULT_ENCODER ? [encoder.name] : []),
    ...(encoder && grid !== presetNamed(preset)?.grid ? [`${grid} x ${grid} patches`] : []),
  ];
  return parts.join(', ');
}

/** Accuracies under one condition. */
export const resultOf = (
  { card }: Pick<ModelResults, 'card'>,
  modality: Modality,
  order: AssociationOrder,
): Evaluation | undefined =>
  card.evaluation.results.find((entry) => entry.modality === modality && entry.order === order);

/** Accuracy beyond training on text with the associations in the context's order: the paper's figure. */
export const oodOf = (model: Pick<ModelResults, 'card'>) => resultOf(model, 'text', 'context')?.ood;

/** Interchange at the query, on text with the associations in the context's order. */
export const interchangeOf = ({ probes }: ModelResults): Interchange | undefined =>
  probes?.interchange?.find(({ modality, order }) => modality === 'text' && order === 'context');

/** Outcomes at the layer of largest effect; undefined where the model solves no pair. */
export const peakSharesOf = ({
  solved,
  layers,
  peakLayer,
}: Interchange): OutcomeShares | undefined =>
  solved > 0 ? layers.find(({ layer }) => layer === peakLayer)?.shares : undefined;

/** What the outcomes at the layer of largest effect speak for; undefined where nothing was measured. */
export function mechanismIn(model: ModelResults): Mechanism | undefined {
  const found = interchangeOf(model);
  const shares = found && peakSharesOf(found);
  return shares && mechanismOf(shares);
}

/** `text, associations in the context's order`. */
export const conditionInWords = ({
  modality,
  order,
}: {
  readonly modality: Modality;
  readonly order: AssociationOrder;
}): string =>
  `${modality === 'text' ? 'text' : 'pictures'}, associations ${order === 'context' ? "in the context's order" : 'shuffled'}`;
