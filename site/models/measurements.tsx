import type { Interchange } from '../../contract/probes.ts';
import { totalBudget } from '../../contract/card.ts';
import { describeMechanism, peakShares } from '../../plots/mechanism.ts';
import { mechanismOf } from '../../probes/interpretation.ts';
import type { Proportion } from '../../statistics/intervals.ts';
import { describeCondition } from '../../task/conditions.ts';
import { LIMITS } from '../../task/spec.ts';
import { count, interval, percent } from '../lib/format.ts';
import { OutcomeName } from '../mechanism/outcomes.tsx';
import { Figure } from './figure.tsx';
import type { ModelPageProps } from './model-page-props.ts';
import { MECHANISM_SENTENCES } from './words.ts';

/** What was measured of a model, and how it was trained. */

export function AccuracySection({ reference, card }: ModelPageProps) {
  const { results, queriesPerCount } = card.evaluation;
  return (
    <section aria-labelledby="accuracy">
      <h2 id="accuracy">Accuracy</h2>
      {results.length === 0 ? (
        <p class="empty">This model was not measured.</p>
      ) : (
        <>
          {results.map(({ modality, order }) => (
            <Figure
              key={`${modality} ${order}`}
              path={`/v1/accuracy.svg?models=${reference}&modality=${modality}&order=${order}`}
              alt={`Accuracy by number of objects on ${describeCondition({ modality, order })}; the table below has the values`}
              collapsed={modality !== 'text' || order !== 'context'}
              caption={`By number of objects, on ${describeCondition({ modality, order })}`}
            />
          ))}
          <div class="scrollable" tabIndex={0} role="group" aria-label="Accuracy, as a table">
            <table>
              <thead>
                <tr>
                  <th scope="col">questions about</th>
                  <th scope="col">2 to {LIMITS.inDistribution} objects, as in training</th>
                  <th scope="col">more than {LIMITS.inDistribution}</th>
                </tr>
              </thead>
              <tbody>
                {results.map(({ modality, order, id, ood }) => (
                  <tr key={`${modality} ${order}`}>
                    <th scope="row">{describeCondition({ modality, order })}</th>
                    <td>
                      <Share {...id} />
                    </td>
                    <td>
                      <Share {...ood} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p class="hint">
            Measured on {count(queriesPerCount)} unseen test questions per number of objects; in
            brackets 95&nbsp;% Wilson intervals.
          </p>
        </>
      )}
    </section>
  );
}

function Share({ accuracy, interval: bounds, correct, count: total }: Proportion) {
  return (
    <>
      <b>{percent(accuracy)}</b>{' '}
      <small>
        {interval(bounds)}, {count(correct)} of {count(total)}
      </small>
    </>
  );
}

export function MechanismSection({ reference, interchange }: ModelPageProps) {
  return (
    <section aria-labelledby="mechanism">
      <h2 id="mechanism">Mechanism</h2>
      {interchange.length === 0 ? (
        <p class="empty">The mechanism of this model was not measured.</p>
      ) : (
        <>
          <p>
            A patch copies the activation of one layer from another prompt into the model. Does the
            new answer follow the place of the object, or its shape?
          </p>
          <Figure
            path={`/v1/models/${reference}/probes/interchange.svg`}
            alt={interchange
              .map(
                (figures) =>
                  `On ${describeCondition(figures)}: ${describeMechanism([{ model: reference, figures }], 'en')}`,
              )
              .join(' ')}
            caption="What the answer follows, by patched layer"
          />
          <div class="scrollable" tabIndex={0} role="group" aria-label="Mechanism, as a table">
            <table>
              <thead>
                <tr>
                  <th scope="col">questions about</th>
                  <th scope="col">
                    <OutcomeName outcome="positional" />
                  </th>
                  <th scope="col">
                    <OutcomeName outcome="symbolic" />
                  </th>
                  <th scope="col">result</th>
                </tr>
              </thead>
              <tbody>
                {interchange.map((figures) => (
                  <PeakRow key={`${figures.modality} ${figures.order}`} figures={figures} />
                ))}
              </tbody>
            </table>
          </div>
          <p class="hint">
            At the layer with the largest effect;{' '}
            <a href={`/mechanism?models=${reference}`}>all layers and the other probes</a>.
          </p>
        </>
      )}
    </section>
  );
}

function PeakRow({ figures }: { figures: Interchange }) {
  const shares = peakShares(figures);
  const isSolved = shares !== undefined && figures.solved > 0;
  return (
    <tr>
      <th scope="row">
        {describeCondition(figures)}, {figures.objects} objects
        {isSolved && `, layer ${figures.peakLayer}`}
      </th>
      {isSolved ? (
        <>
          <td>
            <Share {...shares.positional} />
          </td>
          <td>
            <Share {...shares.symbolic} />
          </td>
          <td>{MECHANISM_SENTENCES[mechanismOf(shares)]}</td>
        </>
      ) : (
        <td colSpan={3}>{MECHANISM_SENTENCES.unknown}</td>
      )}
    </tr>
  );
}

export function TrainingSection({ reference, card }: ModelPageProps) {
  if (card.kind === 'imported') {
    return (
      <section aria-labelledby="training">
        <h2 id="training">Training</h2>
        <p>This model was imported, so there is no record of its training.</p>
      </section>
    );
  }
  const { training } = card;
  const { steps, answers } = totalBudget(training);
  const parents = training.lineage.map(({ regime, seed }) => `${regime} (seed ${seed})`);
  return (
    <section aria-labelledby="training">
      <h2 id="training">Training</h2>
      <p>
        {count(steps)} steps, {count(answers)} answers
        {parents.length > 0 &&
          `, including those of the runs that it continues: ${parents.join(', ')}`}
        .
      </p>
      <Figure
        path={`/v1/models/${reference}/training.svg`}
        alt="Accuracy by training step, with the stages of the training"
        caption="Accuracy by training step, on validation scenes"
      />
      <h3>Train it again</h3>
      <pre tabIndex={0}>
        <code>{training.command}</code>
      </pre>
      <p class="hint">
        At commit <code class="digest">{training.commit}</code>.
      </p>
    </section>
  );
}
