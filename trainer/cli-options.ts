import { InvalidArgumentError, Option } from 'commander';
import { ENCODER_CHOICES, isEncoderName, type EncoderName } from '../measurement/encoders/index.ts';
import { isOnnxName } from '../measurement/encoders/onnx-encoder.ts';
import { ONNX_PRESET_NAMES } from '../measurement/encoders/onnx-presets.ts';
import { LIMITS } from '../task/spec.ts';
import { DEFAULT_ENGINE, ENGINE_NAMES } from './engines/index.ts';
import { PRESETS } from './presets.ts';
import { isRegime, REGIME_NAMES, type Regime } from './regimes/index.ts';
import { DEFAULT_PRESET } from './run-key.ts';

/** Option values, and options that several commands have. */

export const wholeNumber = (value: string): number => {
  if (!/^\d+$/.test(value)) {
    throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  }
  return Number(value);
};

export const positiveNumber = (value: string): number => {
  if (!/^0*[1-9]\d*$/.test(value)) {
    throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  }
  return Number(value);
};

const listOf = (value: string): string[] => value.split(',').filter(Boolean);

export const wholeNumbers = (value: string): number[] => listOf(value).map(wholeNumber);

export const regimes = (value: string): Regime[] =>
  listOf(value).map((name) => {
    if (isRegime(name)) return name;
    throw new InvalidArgumentError(`"${name}" is none of ${REGIME_NAMES.join(', ')}.`);
  });

/** Names of encoders, separated by commas; the comma in `onnx:<file>,<preset>` separates nothing. */
export const encoders = (value: string): string[] =>
  value.split(new RegExp(`,(?!(?:${ONNX_PRESET_NAMES.join('|')})(?:,|$))`)).map(encoder);

const encoder = (name: string): EncoderName | `onnx:${string}` => {
  if (isEncoderName(name) || isOnnxName(name)) return name;
  throw new InvalidArgumentError(`"${name}" is none of ${ENCODER_CHOICES}.`);
};

/** At least as many cells as the largest test scene has objects, at most those of the task. */
const cellsPerSide = (value: string): number => {
  const fewest = Math.ceil(Math.sqrt(LIMITS.objects));
  const cells = Number(value);
  if (Number.isInteger(cells) && cells >= fewest && cells <= LIMITS.grid) return cells;
  throw new InvalidArgumentError(`It must be a whole number from ${fewest} to ${LIMITS.grid}.`);
};

export const regimeOption = () =>
  new Option('--regime <name>', 'which models and data to train')
    .choices(REGIME_NAMES)
    .makeOptionMandatory();

export const presetOption = () =>
  new Option('--preset <name>', 'size of the model')
    .choices(Object.keys(PRESETS))
    .default(DEFAULT_PRESET);

export const engineOption = () =>
  new Option('--engine <name>', 'training engine').choices(ENGINE_NAMES).default(DEFAULT_ENGINE);

/** Collects `name=value` into a record. */
export const slurmOption = (
  text: string,
  earlier: Readonly<Record<string, string>> = {},
): Record<string, string> => {
  const match = /^(?:--)?([a-z][a-z-]*)=(\S+)$/.exec(text);
  const [, name, value] = match ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError('It must be name=value, such as partition=gpu.');
  }
  return { ...earlier, [name]: value };
};

export const encoderOption = () =>
  new Option('--encoder <name>', `visual encoder: ${ENCODER_CHOICES}`).argParser(encoder);

export const gridOption = () =>
  new Option(
    '--grid <cells>',
    "cells per side of the pictures (default: the parent run's, else the preset's)",
  ).argParser(cellsPerSide);

export const queriesOption = () =>
  new Option('--queries <number>', 'test queries per number of objects')
    .argParser(positiveNumber)
    .default(4000);

export const pairsOption = () =>
  new Option('--pairs <number>', 'pairs of prompts per interchange')
    .argParser(positiveNumber)
    .default(512);

export const modelsOption = () =>
  new Option('--models <folder>', 'folder of exported models').default('models');
