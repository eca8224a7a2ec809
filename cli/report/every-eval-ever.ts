import { createHash, randomUUID } from 'node:crypto';
import type { Proportion } from '../../statistics/intervals.ts';
import { VERSION } from '../code-version.ts';
import { writeFiles } from '../output-folder.ts';

/** Records of Every Eval Ever (https://github.com/evaleval/every_eval_ever), schema 0.3.0. */
const SCHEMA_VERSION = '0.3.0';

/** What one model answered, by result. */
export interface EvaluatedModel {
  /** The folder of its developer, and its own: `bindscope`, `text-only`. */
  readonly developer: string;
  readonly name: string;
  readonly results: readonly EvaluatedResult[];
  /** Every query; none where only the results are known, and then there is no file for them. */
  readonly samples: readonly EvaluatedSample[];
  /** What else is known of the run. */
  readonly details: Readonly<Record<string, string>>;
  /** How answers were generated; absent where the most probable token is the answer. */
  readonly generation?: { readonly temperature: number; readonly max_tokens: number };
}

/** An accuracy: with one number of objects, or over a range. */
export interface EvaluatedResult {
  /** `text-context-8-objects`, for example. */
  readonly id: string;
  readonly description: string;
  readonly accuracy: Proportion;
  /** What else is known of it, such as how it compares with another model. */
  readonly details?: Readonly<Record<string, string>>;
}

/** When a model was evaluated, where that is known, and when the record is made. ISO 8601. */
export interface RecordTimes {
  readonly evaluated?: string;
  readonly recorded: string;
}

export interface EvaluatedSample {
  /** The name of the query. */
  readonly id: string;
  /** The result that it counts in. */
  readonly result: string;
  readonly input: string;
  readonly reference: string;
  readonly choices: readonly string[];
  readonly output: string;
  /** The answer as it was read from the output. */
  readonly answer: string;
  readonly correct: boolean;
}

/** Writes the records of models into a folder, where its own tools expect them: `data/bindscope/<developer>/<model>/`. */
export function writeEveryEvalEver(
  folder: string,
  models: readonly EvaluatedModel[],
  recorded: string,
): void {
  for (const model of models)
    writeFiles(folder, recordFiles(model, { evaluated: recorded, recorded }));
}

/** The id of a record: of one model, at one time. */
export const recordId = (
  { developer, name }: Pick<EvaluatedModel, 'developer' | 'name'>,
  recorded: string,
) => `bindscope/${developer}/${name}/${secondsOf(recorded)}`;

const secondsOf = (time: string) => String(Date.parse(time) / 1000);

/** @returns files by path: the aggregate and, where the queries are known, one with a line for each */
export function recordFiles(
  model: EvaluatedModel,
  { evaluated, recorded }: RecordTimes,
): Map<string, string> {
  const { developer, name, results, samples, details, generation } = model;
  const modelId = `${developer}/${name}`;
  const evaluationId = recordId(model, recorded);
  const path = `data/bindscope/${modelId}/${randomUUID()}`;
  const lines = samples.map((sample) => lineOf(sample, evaluationId, modelId)).join('');
  const aggregate = {
    schema_version: SCHEMA_VERSION,
    evaluation_id: evaluationId,
    ...(evaluated !== undefined && { evaluation_timestamp: secondsOf(evaluated) }),
    retrieved_timestamp: secondsOf(recorded),
    source_metadata: {
      source_name: 'bindscope',
      source_type: 'evaluation_run',
      source_organization_name: 'bindscope',
      evaluator_relationship: 'other',
    },
    eval_library: { name: 'bindscope', version: VERSION },
    model_info: {
      ...{ name, id: modelId, developer },
      additional_details: {
        deployment_type: 'unknown',
        model_availability: 'unknown',
        ...details,
      },
    },
    evaluation_results: results.map(({ id, description, accuracy, details: more }) => ({
      evaluation_result_id: id,
      evaluation_name: `bindscope ${id}`,
      source_data: { dataset_name: 'bindscope', source_type: 'other' },
      metric_config: {
        evaluation_description: description,
        ...{ metric_id: 'accuracy', metric_name: 'Accuracy', metric_kind: 'accuracy' },
        ...{ metric_unit: 'proportion', lower_is_better: false, score_type: 'continuous' },
        ...{ min_score: 0, max_score: 1 },
      },
      score_details: {
        score: accuracy.accuracy,
        details: { correct: String(accuracy.correct), count: String(accuracy.count), ...more },
        uncertainty: {
          confidence_interval: {
            ...{ lower: accuracy.interval[0], upper: accuracy.interval[1] },
            ...{ confidence_level: 0.95, method: 'Wilson score interval' },
          },
          num_samples: accuracy.count,
        },
      },
      ...(generation && { generation_config: { generation_args: generation } }),
    })),
    ...(samples.length > 0 && {
      detailed_evaluation_results: {
        format: 'jsonl',
        file_path: `${path}_samples.jsonl`,
        hash_algorithm: 'sha256',
        checksum: sha256(lines),
        total_rows: samples.length,
      },
    }),
  };
  const files = new Map([[`${path}.json`, `${JSON.stringify(aggregate, null, 2)}\n`]]);
  return samples.length > 0 ? files.set(`${path}_samples.jsonl`, lines) : files;
}

function lineOf(sample: EvaluatedSample, evaluationId: string, modelId: string): string {
  const { id, result, input, reference, choices, output, answer, correct } = sample;
  const line = {
    schema_version: SCHEMA_VERSION,
    ...{ evaluation_id: evaluationId, model_id: modelId },
    ...{ evaluation_name: `bindscope ${result}`, evaluation_result_id: result },
    ...{ sample_id: id, sample_hash: sha256(input + reference), interaction_type: 'single_turn' },
    input: { raw: input, reference: [reference], choices },
    output: { raw: [output] },
    answer_attribution: [
      {
        ...{ turn_idx: 0, source: 'output.raw', extracted_value: answer },
        ...{ extraction_method: 'custom', is_terminal: true },
      },
    ],
    evaluation: { score: correct ? 1 : 0, is_correct: correct },
  };
  return `${JSON.stringify(line)}\n`;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
