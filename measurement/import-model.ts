import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Answers } from '../contract/answers.ts';
import { importedCardSchema, type ImportedCard } from '../contract/card.ts';
import type { Probes } from '../contract/probes.ts';
import { signatureSchema } from '../contract/signature.ts';
import { openModel } from '../inference/session.ts';
import { sha256 } from '../node/files.ts';
import { currentCommit } from '../node/git-commit.ts';
import { nodeRuntime } from '../node/onnx-runtime.ts';
import { readOnnx, writeOnnx } from '../onnx/codec.ts';
import { OnnxError } from '../onnx/errors.ts';
import { inlineExternalData } from '../onnx/external-data.ts';
import type { OnnxModel } from '../onnx/model.ts';
import { readSignature, type ModelSignature } from '../onnx/signature.ts';
import { TapError } from '../onnx/taps/errors.ts';
import { planTaps, type TapPlan } from '../onnx/taps/plan.ts';
import { elementCount } from '../onnx/tensor-data.ts';
import { openProbe } from '../probes/runner.ts';
import { DEFAULT_GRID, FULL_VOCABULARY } from '../task/spec.ts';
import { TOKEN_COUNT } from '../task/tokens.ts';
import { evaluateForCard } from './evaluation.ts';
import { PROBING_CODE } from './probe-plan.ts';
import { MEASURE } from './probe-sections.ts';

/** Imports a model that was trained elsewhere: reads how its file is fed, and measures what it can do. */

export interface ImportOptions {
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  /** Test queries per number of objects. */
  readonly queries: number;
  /** Pairs of prompts per interchange. */
  readonly pairs: number;
  /** Called with what is being measured, and the fraction that is done. */
  readonly onProgress?: (what: 'evaluation' | 'interchange', done: number) => void;
}

/** The files of the model's folder. */
export interface ImportedModel {
  readonly card: ImportedCard;
  /** The file that was imported; weights in files beside it are put into it. */
  readonly model: Uint8Array;
  readonly answers: Answers;
  /** Undefined where the residual stream cannot be reached, see `card.hooks`. */
  readonly probes: Probes | undefined;
}

/** A file that cannot be imported; the message has every reason. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
}

/**
 * @param path an ONNX file whose vocabulary is that of the task
 * @throws ImportError where it cannot be read or served; the message names every reason
 */
export async function importModel(path: string, options: ImportOptions): Promise<ImportedModel> {
  const { bytes, model, signature } = readModelFile(path);
  const plan = tapPlan(model, signature);
  const hooks = {
    residual: plan instanceof TapError ? plan.message : null,
    attention:
      plan instanceof TapError
        ? plan.message
        : plan.attention instanceof TapError
          ? plan.attention.message
          : null,
  };
  const runtime = await nodeRuntime();
  const files = { model: bytes, featureWidth: 0, signature };
  const session = await openModel(runtime, files).catch((cause: unknown) => {
    throw new ImportError(`ONNX Runtime cannot open ${path}: ${messageOf(cause)}`, { cause });
  });
  const { queries, pairs, onProgress = () => undefined } = options;
  const facts = {
    modalities: ['text'] as ['text'],
    vocabulary: FULL_VOCABULARY,
    grid: DEFAULT_GRID,
  };
  const { evaluation, answers } = await evaluateForCard(session, facts, queries, (done) => {
    onProgress('evaluation', done);
  });
  const digest = sha256(bytes);
  const card = importedCardSchema.parse({
    schema: 1,
    kind: 'imported',
    id: options.id,
    ...(options.name !== undefined && { name: options.name }),
    description: options.description ?? `Imported from ${basename(path)}.`,
    modalities: facts.modalities,
    vocabulary: FULL_VOCABULARY,
    parameters: parametersOf(model),
    network:
      plan instanceof TapError
        ? { layers: 0, width: 0, heads: 0 }
        : { layers: plan.layers, width: plan.width, heads: headsOf(plan) },
    signature,
    hooks,
    source: { file: basename(path), sha256: sha256(readFileSync(path)) },
    files: { model: { name: 'model.onnx', bytes: bytes.length, sha256: digest }, encoder: null },
    evaluation,
  } satisfies ImportedCard);

  let probes: Probes | undefined;
  if (hooks.residual === null) {
    const probe = await openProbe(runtime, bytes);
    const subject = { probe, encode: session.encode.bind(session), featureWidth: 0 };
    const interchange = await MEASURE.interchange({
      subject,
      card: facts,
      pairs,
      onProgress: (done) => {
        onProgress('interchange', done);
      },
    });
    const code = { interchange: currentCommit(PROBING_CODE) };
    probes = { schema: 1, model: card.id, digest, code, interchange };
    await probe.release();
  }
  await session.release();
  return { card, model: bytes, answers: { ...answers, digest }, probes };
}

function readModelFile(path: string) {
  if (!existsSync(path)) throw new ImportError(`there is no file ${path}`);
  const original = new Uint8Array(readFileSync(path));
  try {
    const read = readOnnx(original);
    const { signature, reasons } = readSignature(read);
    if (!signature) {
      throw new ImportError(
        `${path} cannot be served: ${reasons.map(({ message }) => message).join('; ')}`,
      );
    }
    if (signature.vocabulary !== TOKEN_COUNT) {
      throw new ImportError(
        `${path} has a vocabulary of ${signature.vocabulary} tokens; the task has ${TOKEN_COUNT}`,
      );
    }
    const isComplete = signature.externalFiles.length === 0;
    const model = isComplete ? read : inlineExternalData(read, (name) => besideFile(path, name));
    const bytes = isComplete ? original : writeOnnx(model);
    return { bytes, model, signature: signatureSchema.parse(signature) };
  } catch (error) {
    if (!(error instanceof OnnxError)) throw error;
    throw new ImportError(`${path} cannot be imported: ${error.message}`, { cause: error });
  }
}

function besideFile(path: string, name: string): Uint8Array {
  const file = join(dirname(path), name);
  if (existsSync(file)) return new Uint8Array(readFileSync(file));
  throw new ImportError(`${path} has weights in "${name}", and there is no file ${file}`);
}

function tapPlan(model: OnnxModel, signature: Pick<ModelSignature, 'inputs' | 'logits'>) {
  try {
    return planTaps(model, signature);
  } catch (error) {
    if (error instanceof TapError) return error;
    throw error;
  }
}

const headsOf = ({ attention }: TapPlan): number =>
  attention instanceof TapError ? 0 : (attention[0]?.heads ?? 0);

const parametersOf = ({ graph }: OnnxModel): number =>
  Math.max(
    1,
    graph.initializers.reduce((sum, { dims }) => sum + elementCount(dims), 0),
  );

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
