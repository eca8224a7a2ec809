import { totalBudget, type Evaluation, type TrainedCard } from '../contract/card.ts';
import { featureWidthOf } from '../contract/model-facts.ts';
import { formatNumber, formatPercent } from '../statistics/format.ts';
import { generateQuery, readablePrompt } from '../task/query.ts';
import { LIMITS, parseSpec } from '../task/spec.ts';
import { describeToken, TOKEN_COUNT } from '../task/tokens.ts';
import { picturesSection } from './patch-projection.ts';

const PAPER = {
  title: 'Seeing to Generalize: How Visual Data Corrects Binding Shortcuts',
  arxiv: '2602.15183',
  year: 2026,
};

/** `README.md`: the model card that Hugging Face shows for a repository. */
export function modelCardText(card: TrainedCard): string {
  const { encoder, grid } = card.recipe;
  const sections = [
    frontMatter(card),
    summarySection(card),
    questionSection(card),
    ...(encoder && featureWidthOf(card) > 0 ? [picturesSection(encoder, grid)] : []),
    evaluationSection(card),
    trainingSection(card),
    citationSection(),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** YAML; a JSON value is one as well. */
function frontMatter({ id, evaluation }: TrainedCard): string {
  const results = evaluation.results.flatMap((result) =>
    (['id', 'ood'] as const).map((range) => ({
      task: { type: 'text-generation', name: 'Indirect Retrieval' },
      dataset: { type: 'synthetic', name: `${conditionOf(result)}, ${RANGES[range]}` },
      metrics: [{ type: 'accuracy', value: result[range].accuracy }],
    })),
  );
  const fields = {
    license: 'mit',
    library_name: 'transformers',
    pipeline_tag: 'text-generation',
    tags: ['bindscope', 'interpretability', 'in-context-retrieval', `arxiv:${PAPER.arxiv}`],
    'model-index': [{ name: id, results }],
  };
  const lines = Object.entries(fields).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return ['---', ...lines, '---'].join('\n');
}

function summarySection({ id, recipe, parameters, files }: TrainedCard): string {
  const { layers, width, heads, ropeBase } = recipe.model;
  return `# ${id}

${recipe.description}

This is a decoder-only transformer of ${layers} layers, width ${width} and ${heads} heads, with ${formatNumber(parameters)} parameters and
rotary position embeddings of base ${ropeBase}. It was trained by bindscope on one task, Indirect Retrieval (arXiv ${PAPER.arxiv}),
and knows only the words of that task. As a \`GPTNeoXForCausalLM\` it computes what the original \`model.onnx\` does.
Weights are stored in ${files.model.weights} and computed with in float32. Licence: MIT.`;
}

function questionSection({ recipe }: TrainedCard): string {
  const spec = parseSpec({ objects: 3, vocabulary: recipe.vocabulary });
  const { prompt, answer } = generateQuery({ spec, seed: 0, index: 0, question: 0 });
  return `## How to ask

A prompt is words separated by spaces: the colour and shape of each object, \`CTX_END\`, the shape and item of each
object, \`QUE\` and a colour. The next token is the item of the object that has this colour.

\`\`\`python
from transformers import AutoModelForCausalLM, AutoTokenizer

folder = "."  # the folder of this file
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder)
prompt = "${readablePrompt(prompt)}"
output = model.generate(**tokenizer(prompt, return_tensors="pt"))
print(tokenizer.decode(output[0, -1]))  # the correct answer is ${describeToken(answer).name}
\`\`\`

\`tokenizer.json\` lists the ${TOKEN_COUNT} words; any other word becomes \`PAD\`, so check for it. Nothing is added before a prompt.

A query of bindscope's API (\`GET /v1/queries\`) has \`tokens\` and \`positions\`. Where \`positions\` have gaps
(queries with \`maxPositionGaps\`), pass them, since position ids count up by one without them:

\`\`\`python
import torch

logits = model(
    input_ids=torch.tensor([query["tokens"]]), position_ids=torch.tensor([query["positions"]])
).logits[0, -1]
\`\`\``;
}

const RANGES = {
  id: `up to ${LIMITS.inDistribution} objects`,
  ood: `more than ${LIMITS.inDistribution} objects`,
} as const;

const conditionOf = ({ modality, order }: Evaluation): string =>
  `${modality}, associations ${order === 'context' ? 'in the order of the context' : 'shuffled'}`;

function evaluationSection({ evaluation }: TrainedCard): string {
  const { results, queriesPerCount, seed } = evaluation;
  const tables = results.map((result) => {
    const rows = [
      ...result.byObjects.map((point) => [String(point.objects), point] as const),
      [RANGES.id, result.id] as const,
      [RANGES.ood, result.ood] as const,
    ].map(
      ([
        objects,
        {
          correct,
          count,
          accuracy,
          interval: [low, high],
        },
      ]) =>
        `| ${objects} | ${formatNumber(correct)} of ${formatNumber(count)} | ${percent(accuracy)} | ${percent(low)} to ${percent(high)} |`,
    );
    const head = ['| objects | correct | accuracy | 95 % interval |', '| --- | --- | --- | --- |'];
    return [`### ${conditionOf(result)}`, '', ...head, ...rows].join('\n');
  });
  return [
    '## Evaluation',
    `bindscope measured \`model.onnx\`, which these weights were read from, on ${formatNumber(queriesPerCount)} queries of the split
"test" for each number of objects (seed ${seed}). Intervals are Wilson score intervals. The model was trained on scenes of up to
${LIMITS.inDistribution} objects.`,
    ...tables,
  ].join('\n\n');
}

function trainingSection({ training, seed }: TrainedCard): string {
  const { steps, answers, seconds } = totalBudget(training);
  const regimes = training.lineage.map(({ regime }) => `\`${regime}\``);
  const runs =
    regimes.length === 0 ? 'in one run' : `counting the runs before it (${regimes.join(', ')})`;
  return `## Training

Budget: ${formatNumber(steps)} steps, ${formatNumber(answers)} answers, ${formatNumber(seconds)} seconds,
${runs}. Seed ${seed}, engine \`${training.engine}\`. The last run:

\`\`\`sh
${training.command}
\`\`\``;
}

function citationSection(): string {
  return `## Citation

The task, the curriculum and the question come from this paper; the weights are a reproduction by bindscope.

\`\`\`bibtex
@misc{seeing-to-generalize,
  title = {${PAPER.title}},
  year = {${PAPER.year}},
  eprint = {${PAPER.arxiv}},
  archivePrefix = {arXiv},
  url = {https://arxiv.org/abs/${PAPER.arxiv}}
}
\`\`\``;
}

const percent = (share: number): string => formatPercent(share, { digits: 2, guarded: true });
