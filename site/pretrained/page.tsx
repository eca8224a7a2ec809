import type {
  MeasuredLanguageModel,
  PretrainedSummary,
} from '../../contract/pretrained-summary.ts';
import { PageLayout } from '../components/page-layout.tsx';
import { count } from '../lib/format.ts';

/** Interchange in language models from elsewhere, beside the figures of the paper. */
export function PretrainedPage({ pairs, known }: PretrainedSummary) {
  return (
    <PageLayout page="models" source="the paper and from bindscope interchange">
      <section class="intro">
        <h1>Language models</h1>
        <p class="lead">
          The paper also asks language models, and models that see and were trained from them, the
          same questions as text. After training with pictures, a model goes more by shape and less
          by place.
        </p>
      </section>
      <section aria-labelledby="paper">
        <h2 id="paper">Answers by shape for each answer by place</h2>
        <Table
          label="Ratios of the paper and here"
          head={['models', 'ratio in the paper', 'its layer', 'ratio here', 'peak layers']}
          rows={pairs.map(({ models, paper, measured }) => [
            inTurn(models),
            inTurn(paper.ratios.map((ratio) => ratio.toFixed(3))),
            String(paper.layer),
            measured ? inTurn(measured.map(ratioInWords)) : 'not yet run',
            measured ? inTurn(measured.map(layerInWords)) : '-',
          ])}
        />
        <p class="hint">
          At the layer of largest effect; in brackets 95&nbsp;% intervals. Which words the paper
          used is not known, so compare the differences within a pair.
        </p>
      </section>
      <section aria-labelledby="known">
        <h2 id="known">The same command on models of known mechanism</h2>
        <Table
          label="Models of known mechanism"
          head={['model', 'pairs solved', 'peak layer', 'ratio']}
          rows={known.map((model) => [
            model.name,
            `${count(model.solved)} of ${count(model.pairs)}`,
            layerInWords(model),
            ratioInWords(model),
          ])}
        />
        <p class="hint">
          Two models of this project, as folders of the Hugging Face Hub: one goes by place, one by
          shape. By shape is the paper’s “symbolic”, by place its “positional”.
        </p>
      </section>
    </PageLayout>
  );
}

/** Before and after training with pictures; a line ends after the arrow alone. */
const inTurn = (texts: readonly string[]): string => texts.join('\u00a0→ ');

const layerInWords = ({ peak }: MeasuredLanguageModel): string => (peak ? String(peak.layer) : '-');

function ratioInWords({ peak }: MeasuredLanguageModel): string {
  if (!peak) return 'no pair solved';
  const { ratio, interval } = peak.ratio;
  const [low, high] = interval;
  return `${digits(ratio)} [${digits(low)}, ${high === null ? '∞' : digits(high)}]`;
}

const digits = (value: number): string =>
  value >= 1000 ? count(Math.round(value)) : String(Number(value.toPrecision(3)));

function Table({ label, head, rows }: { label: string; head: string[]; rows: string[][] }) {
  return (
    <div class="scrollable" tabIndex={0} role="group" aria-label={label}>
      <table>
        <thead>
          <tr>
            {head.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([first, ...others]) => (
            <tr key={first}>
              <th scope="row">{first}</th>
              {others.map((value, at) => (
                <td key={head[at + 1]}>{value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
