import { InvalidArgumentError, Option, type Command } from 'commander';
import type { z } from 'zod';
import { CLIENT_DEFAULTS } from '../client/index.ts';
import { folderDeployment, servedDeployment, type Deployment } from './deployment.ts';
import { hasNodeRuntime } from '../node/onnx-runtime.ts';
import { RUNTIMES, type RuntimeName } from './runtimes.ts';
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

/** Where `npm start` answers. */
export const LOCAL = 'http://localhost:8787';

/** How a deployment is reached. */
export function withAccess(command: Command): Command {
  return command
    .addOption(
      new Option('--runtime <name>', 'what runs the models of a folder').choices(
        Object.keys(RUNTIMES),
      ),
    )
    .option(
      '--timeout <seconds>',
      'how long a request may take',
      parsedNumber(0.001),
      CLIENT_DEFAULTS.timeout / 1000,
    )
    .option(
      '--retries <number>',
      'how often a request refused for now (429, 503) is sent again',
      parsedNumber(0),
      CLIENT_DEFAULTS.retries,
    );
}

/** Which deployment is meant, and how it is reached. */
export function withDeployment(command: Command): Command {
  const url = new Option('--url <url>', `a server (default: ${LOCAL})`).conflicts('modelsDir');
  return withAccess(
    command
      .addOption(url)
      .option('--models-dir <folder>', 'a folder laid out as models/, without a server'),
  );
}

export function deploymentOf(options: DeploymentOptions, terminal: Terminal): Deployment {
  const { url, modelsDir } = options;
  return modelsDir === undefined
    ? urlDeployment(url ?? LOCAL, options, terminal)
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
  return folderDeployment(folder, RUNTIMES[runtime ?? (hasNodeRuntime() ? 'node' : 'wasm')]);
}

/** A numeral, as commander has it parsed. */
export const parsedNumber = (least: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < least) {
    throw new InvalidArgumentError(`It must be a number, ${least} or more.`);
  }
  return value;
};

/** A text that a schema of the contract checks. */
export const textOf = (schema: z.ZodType<string>) => (text: string) => checked(schema, text);

/** A numeral that a schema of the contract checks. */
export const numberOf = (schema: z.ZodType<number>) => (text: string) =>
  checked(schema, /^\d+$/.test(text) ? Number(text) : Number.NaN);

/** Numerals such as `2,4,9` that a schema of the contract checks. */
export const numbersOf = (schema: z.ZodType<number[]>) => (text: string) =>
  checked(
    schema,
    text.split(',').map((part) => (/^\d+$/.test(part) ? Number(part) : Number.NaN)),
  );

export const listOf = (schema: z.ZodType<string[]>) => (text: string) =>
  checked(schema, text.split(','));

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`${parsed.error.issues[0].message}.`);
}
