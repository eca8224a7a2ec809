import { objectCounts, type Dataset } from './dataset.ts';
import { READ_ANSWER_PYTHON } from './reading-rule.ts';

/**
 * Tasks of EleutherAI's lm-evaluation-harness: for each number of objects one that reads what a chat model answers, and one
 * (`_choice`) that compares the likelihoods of the words of the scene; and a group of each kind.
 *
 * https://github.com/EleutherAI/lm-evaluation-harness/blob/main/docs/task_guide.md
 */
export function lmEvalFiles(dataset: Dataset): Map<string, string> {
  const counts = objectCounts(dataset);
  const { name } = dataset;
  const files = new Map<string, string>([['bindscope.py', PYTHON]]);
  for (const [group, kind] of [
    [name, GENERATE],
    [`${name}_choice`, CHOOSE],
  ] as const) {
    const taskOf = (objects: string | number) => `${group}_n${objects}`;
    files.set(`${group}.yaml`, groupFile(group, counts.map(taskOf)));
    for (const objects of counts) {
      files.set(`${taskOf(objects)}.yaml`, taskFile(taskOf(objects), objects, kind));
    }
  }
  return files;
}

const groupFile = (group: string, tasks: readonly string[]) => `group: ${group}
task:
${tasks.map((task) => `  - ${task}\n`).join('')}aggregate_metric_list:
  - metric: acc
    weight_by_size: true
metadata:
  version: 1.0
`;

const taskFile = (task: string, objects: string | number, kind: string) => `task: ${task}
custom_dataset: !function bindscope.queries
dataset_kwargs:
  objects: ${objects}
test_split: test
num_fewshot: 0
${kind}metric_list:
  - metric: acc
    aggregation: mean
    higher_is_better: true
metadata:
  version: 1.0
`;

const GENERATE = `output_type: generate_until
doc_to_text: prompt
doc_to_target: answer
generation_kwargs:
  until: []
  do_sample: false
  temperature: 0.0
  max_gen_toks: 32
process_results: !function bindscope.score
`;

const CHOOSE = `output_type: multiple_choice
doc_to_text: completion
doc_to_choice: candidates
doc_to_target: !function bindscope.target
target_delimiter: " "
`;

const PYTHON = `"""Queries of bindscope for lm-evaluation-harness."""

import json
import re
from pathlib import Path

import datasets

QUERIES = Path(__file__).with_name("queries.jsonl")


def queries(objects, **_):
    """The queries with one number of objects, as the split \`test\`."""
    with QUERIES.open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    wanted = [record for record in records if record["metadata"]["objects"] == objects]
    return {"test": datasets.Dataset.from_list(wanted)}


def target(doc):
    """The index of the answer."""
    return doc["candidates"].index(doc["answer"])


def score(doc, results):
    return {"acc": float(read_answer(results[0], doc["candidates"]) == doc["answer"])}


${READ_ANSWER_PYTHON}`;
