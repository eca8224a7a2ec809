import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type {
  LanguageInterchange,
  LanguageModelResult,
} from '../../contract/language-interchange.ts';
import { InterchangeProgress } from '../../measurement/language/interchange-progress.ts';
import {
  interchangeWords,
  wordingFor,
  type InterchangePlan,
} from '../../measurement/language/interchange-words.ts';
import { openLanguageModel } from '../../measurement/language/language-model.ts';
import { writeAtomically } from '../../node/files.ts';
import { withProgressBar } from '../../node/progress.ts';
import { withInterval } from '../../probes/sentence-parts.ts';
import { TASK_WORDING, type WordingName } from '../../task/language/task-wording.ts';
import { codeVersion } from '../code-version.ts';
import { wordingOf } from '../endpoint/endpoint-options.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';

export interface InterchangeOptions extends InterchangePlan {
  /** Folder of a model. */
  readonly onnx: string;
  /** Folder of a second one, asked the same prompts. */
  readonly against?: string;
  readonly format?: string;
  readonly template: WordingName;
  /** Megabytes. */
  readonly memory: number;
  readonly threads?: number;
  readonly device: string;
  readonly out: string;
}

/**
 * Measures how one or two language models bind, and writes a file.
 *
 * @throws Error where a model cannot be run or patched, or the words do not suffice
 */
export async function runInterchange(
  options: InterchangeOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { onnx, against, template, chat, out, memory, device, format } = options;
  const { order, seed, objects, pairs, lengths, queries } = options;
  const folders = against === undefined ? [onnx] : [onnx, against];
  const wording = wordingOf({ template, words: 'everyday' });
  if (chat && wording === TASK_WORDING) {
    throw new Error('--chat needs a template of sentences: the template task is no question');
  }
  const plan: InterchangePlan = { chat, order, seed, objects, pairs, lengths, queries };
  const models = await Promise.all(
    folders.map((folder) =>
      openLanguageModel(folder, {
        memory: memory * 2 ** 20,
        device,
        chat,
        pictures: wording.template.modality === 'image',
        threads: options.threads ?? availableParallelism(),
        ...(format !== undefined && { format }),
      }),
    ),
  );
  for (const { facts, runner } of models) {
    const { layers, width, vocabulary } = facts.network;
    terminal.err(
      `${facts.name}: ${layers} layers of width ${width}, ${vocabulary} tokens, ${facts.weightType}; ` +
        (runner.isCached
          ? 'prompts are computed once\n'
          : 'without cached keys, so every patch computes its prompt again\n'),
    );
  }
  const { dropped } = wordingFor(models, wording);
  if (dropped.length > 0) {
    const names = dropped.map(({ word, sameAs }) => `${word} (${sameAs})`).join(', ');
    terminal.err(
      `${dropped.length} items left out, as they begin with the token of another: ${names}\n`,
    );
  }
  const code = codeVersion();
  const partial = `${out}.progress.jsonl`;
  const isResumed = existsSync(partial);
  const progress = InterchangeProgress.open(partial, {
    plan,
    template,
    code,
    models: models.map(({ facts }) => [facts.sha256, facts.bytes]),
  });
  if (isResumed && progress.size > 0) {
    terminal.err(`continues after ${progress.size} measurements in ${partial}\n`);
  }
  try {
    const result = await withProgressBar('interchange', (onProgress) =>
      interchangeWords(models, wording, plan, progress, code, onProgress),
    );
    writeAtomically(out, `${JSON.stringify(result, null, 2)}\n`);
    progress.remove();
    terminal.out(describe(result));
    terminal.out(`wrote ${out}\n`);
    return EXIT.pass;
  } finally {
    await Promise.all(models.map((model) => model.release()));
  }
}

function describe({ models, paired }: LanguageInterchange): string {
  const lines = models.flatMap(describeModel);
  if (paired && paired.solvedByBoth > 0) {
    const [a, b] = paired.ratios.map(({ ratio }) => ratio.toFixed(3));
    lines.push(
      `on the ${paired.solvedByBoth} pairs that both solve: ratio ${a ?? ''} and ${b ?? ''}` +
        (paired.symbolic ? `, p = ${paired.symbolic.pValue.toPrecision(2)}` : ''),
    );
  }
  return `${lines.join('\n')}\n`;
}

function describeModel({ name, accuracy, interchange }: LanguageModelResult) {
  const lines = accuracy.map(
    ({ objects, ...share }) => `${name}, ${objects} objects: correct ${withInterval(share)}`,
  );
  const peak = interchange?.layers.find(({ layer }) => layer === interchange.peakLayer);
  if (!interchange || !peak) return [...lines, `${name} solves no pair`];
  const { solved, pairs, firstCausalLayer, peakLayer, ratioAtPeak } = interchange;
  const [low, high] = ratioAtPeak.interval;
  return [
    ...lines,
    `${name}: ${solved} of ${pairs} pairs solved; first causal layer ${firstCausalLayer ?? 'none'}, ` +
      `peak layer ${peakLayer}`,
    `positional ${withInterval(peak.shares.positional)}, symbolic ${withInterval(peak.shares.symbolic)}`,
    `symbolic per positional ${ratioAtPeak.ratio.toPrecision(4)} ` +
      `[${low.toPrecision(3)}, ${high === null ? '∞' : high.toPrecision(3)}]`,
  ];
}
