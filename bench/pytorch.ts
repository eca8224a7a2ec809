import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import type { ModelConfig } from '../contract/recipe.ts';
import type { Batch } from '../task/batch.ts';
import { TOKEN_COUNT } from '../task/tokens.ts';

const SCRIPT = fileURLToPath(new URL('pytorch_step.py', import.meta.url));

/** How PyTorch runs a model: operation by operation, or compiled by `torch.compile`. */
export const PYTORCH_FORMS = ['eager', 'compiled'] as const;
export type PyTorchForm = (typeof PYTORCH_FORMS)[number];

/** The same model trained by PyTorch on batches of the same sizes. */
export interface PyTorch {
  readonly form: PyTorchForm;
  readonly version: string;
  /** One step on the batch of that place. @returns CPU milliseconds */
  step(place: number): Promise<number>;
  stop(): void;
}

/** @returns undefined where `python3` has no torch, or torch cannot compile here */
export async function startPyTorch(
  form: PyTorchForm,
  config: ModelConfig,
  batches: readonly Batch[],
): Promise<PyTorch | undefined> {
  const task = {
    compiled: form === 'compiled',
    model: {
      layers: config.layers,
      width: config.width,
      heads: config.heads,
      features: config.patchFeatures,
      tokens: TOKEN_COUNT,
      rope_base: config.ropeBase,
    },
    batches: batches.map(({ rows, length, answerIndex, patchFeatures }) => ({
      rows,
      length,
      answers: answerIndex.length,
      pictures: patchFeatures?.some((value) => value !== 0) ?? false,
    })),
  };
  const python = spawn('python3', [SCRIPT, JSON.stringify(task)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // Without python3 at all there is nothing to read either.
  python.on('error', () => undefined);
  const lines = createInterface(python.stdout)[Symbol.asyncIterator]();
  const read = async () => (await lines.next()).value as string | undefined;
  const greeting = await read();
  if (!greeting?.startsWith('ready ')) return undefined;
  return {
    form,
    version: greeting.slice('ready '.length),
    step: async (place) => {
      python.stdin.write(`${place}\n`);
      const answer = await read();
      if (answer === undefined) throw new Error('PyTorch ended before its step');
      return Number(answer);
    },
    stop: () => python.stdin.end(),
  };
}
