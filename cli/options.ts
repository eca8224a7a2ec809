import { Option, type Command } from 'commander';
import type { z } from 'zod';
import { CLIENT_DEFAULTS } from '../client/index.ts';
import { servedDeployment, type Deployment } from '../services/checks/deployment.ts';
import { folderDeployment } from './deployment.ts';
import { installedRuntime, RUNTIMES, type RuntimeName } from './runtimes.ts';
import type { Terminal } from './terminal.ts';

/** Options that several commands share. */

export interface AccessOptions {
  readonly runtime?: RuntimeName;
  readonly timeout: number;
  readonly retries: number;
}

export interface DeploymentOptions extends AccessOptions {
  readonly url?: string;
  readonly modelsDir?: string;
}

export const eeeOption = (): Option =>
  new Option('--eee <folder>', 'also write records of Every Eval Ever, with every query');

/** The address of `npm start`. */
export const LOCAL_URL = 'http://localhost:8787';

/** Options for access to a deployment. */
export function withAccess(command: Command): Command {
  return withRequestLimits(
    command.addOption(
      new Option('--runtime <name>', 'the runtime for the models of a folder').choices(
        Object.keys(RUNTIMES),
      ),
    ),
    'status 429 or 503',
  );
}

/** @param faults after which a request is sent again */
export function withRequestLimits(command: Command, faults: string): Command {
  return command
    .option(
      '--timeout <seconds>',
      'time limit of a request',
      parsedNumber(0.001),
      CLIENT_DEFAULTS.timeout / 1000,
    )
    .option(
      '--retries <number>',
      `how often a request is sent again after ${faults}`,
      parsedNumber(0),
      CLIENT_DEFAULTS.retries,
    );
}

/** Options that select a deployment, and for access to it. */
export function withDeployment(command: Command): Command {
  const url = new Option('--url <url>', `a server (default: ${LOCAL_URL})`).conflicts('modelsDir');
  return withAccess(
    command
      .addOption(url)
      .option('--models-dir <folder>', 'a folder with the layout of models/, instead of a server'),
  );
}

/** Options for a server that is managed. */
export const withServer = (command: Command) =>
  command
    .option('--url <url>', 'a server', LOCAL_URL)
    .option(
      '--timeout <seconds>',
      'time limit of a request',
      parsedNumber(0.001),
      CLIENT_DEFAULTS.timeout / 1000,
    );

export function deploymentOf(options: DeploymentOptions, terminal: Terminal): Deployment {
  const { url, modelsDir } = options;
  return modelsDir === undefined
    ? urlDeployment(url ?? LOCAL_URL, options, terminal)
    : modelsDeployment(modelsDir, options);
}

export function urlDeployment(
  url: string,
  { timeout, retries }: AccessOptions,
  { signal }: Terminal,
): Deployment {
  return servedDeployment(url, { timeout: 1000 * timeout, retries, ...(signal && { signal }) });
}

export function modelsDeployment(folder: string, { runtime }: AccessOptions): Deployment {
  return folderDeployment(folder, installedRuntime(runtime));
}

/** A value that an option does not allow. It stays in place of the value until all options have been read. */
export class InvalidValue {
  constructor(
    readonly text: string,
    readonly reason: string,
  ) {}
}

/**
 * Reports every invalid option and argument of a command at once; Commander itself stops at the first.
 *
 * @throws Error where there is one
 */
export function requireValidValues(command: Command): void {
  const faults = [
    ...command.registeredArguments.map((argument, index): [string, unknown] => [
      `argument ${argument.name()}`,
      command.processedArgs[index],
    ]),
    ...command.options.map((option): [string, unknown] => [
      `option ${option.long ?? option.flags}`,
      command.getOptionValue(option.attributeName()),
    ]),
  ].flatMap(([name, value]) =>
    value instanceof InvalidValue ? [`${name} "${value.text}": ${value.reason}`] : [],
  );
  if (faults.length > 0) throw new Error(`${faults.join('; ')} (see --help)`);
}

/** A commander parser for numbers. */
export const parsedNumber = (min: number) => (text: string) => {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) || value < min
    ? new InvalidValue(text, `it must be a number, at least ${min}`)
    : value;
};

/** A commander parser for text that matches a schema. */
export const textOf = (schema: z.ZodType<string>) => (text: string) => checked(schema, text, text);

/** A commander parser for a whole number that matches a schema. */
export const numberOf = (schema: z.ZodType<number>) => (text: string) =>
  checked(schema, /^\d+$/.test(text) ? Number(text) : Number.NaN, text);

/** A commander parser for a share that matches a schema. */
export const shareOf = (schema: z.ZodType<number>) => (text: string) =>
  checked(schema, text.trim() === '' ? Number.NaN : Number(text), text);

/** A commander parser for whole numbers such as `2,4,9`. */
export const numbersOf = (schema: z.ZodType<number[]>) => (text: string) =>
  checked(
    schema,
    text.split(',').map((part) => (/^\d+$/.test(part) ? Number(part) : Number.NaN)),
    text,
  );

/** A commander parser for comma-separated text. */
export const listOf =
  <T>(schema: z.ZodType<T[]>) =>
  (text: string) =>
    checked(schema, text.split(','), text);

function checked<T>(schema: z.ZodType<T>, value: unknown, text: string): T | InvalidValue {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map(({ message }) => message);
  return new InvalidValue(text, [...new Set(reasons)].join('; '));
}
