import { inspectFiles } from '../dataset/inspect.ts';
import { jsonLines, pictureFiles, recordOf, type Dataset } from '../dataset/dataset.ts';
import { lmEvalFiles } from '../dataset/lm-eval.ts';
import { promptfooFiles } from '../dataset/promptfoo.ts';
import { wordingOf, type WordingOptions } from '../endpoint/endpoint-options.ts';
import { requireWritable, writeFiles } from '../output-folder.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';
import { wordQueries, type WordPlan } from '../word-queries.ts';

/** The files of a data set for each tool, besides `queries.jsonl` and pictures. */
export const DATASET_FORMATS = {
  jsonl: () => new Map<string, string>(),
  'lm-eval': lmEvalFiles,
  inspect: inspectFiles,
  promptfoo: promptfooFiles,
} as const satisfies Readonly<Record<string, (dataset: Dataset) => Map<string, string>>>;

export interface DatasetOptions extends WordPlan, WordingOptions {
  readonly format: keyof typeof DATASET_FORMATS;
  readonly out: string;
  readonly force?: boolean;
}

/**
 * Writes queries in English, with their answers, as a data set of another tool.
 *
 * @throws Error where the folder is not empty, or the tool has no pictures
 * @throws SpecError where the words do not suffice for the objects
 */
export function runDataset(options: DatasetOptions, terminal: Terminal): ExitCode {
  const { format, out, force = false } = options;
  const wording = wordingOf(options);
  const takesPictures = format === 'jsonl' || format === 'inspect';
  if (wording.template.modality === 'image' && !takesPictures) {
    throw new Error(`--format ${format} takes no pictures: use --format jsonl or inspect`);
  }
  requireWritable(out, force);
  const queries = wordQueries(options, wording);
  const dataset: Dataset = {
    name: `bindscope_${wording.template.id.replaceAll('-', '_')}`,
    records: queries.map((query) => recordOf(query, wording)),
  };
  writeFiles(out, pictureFiles(queries));
  const files = DATASET_FORMATS[format](dataset).set('queries.jsonl', jsonLines(dataset));
  writeFiles(out, files);
  terminal.out(`${queries.length} queries in ${out}: ${[...files.keys()].sort().join(', ')}\n`);
  return EXIT.pass;
}
