import type { SiteModel } from '../../contract/pages.ts';
import { LIMITS } from '../../task/spec.ts';
import { count, interval, percent } from '../lib/format.ts';
import { ModelMarker } from '../components/marks.tsx';
import { hasVision } from './plan.ts';
import { textResult } from './text-result.ts';

/** The accuracy beyond training of the chosen models, from their cards, in one sentence. */
export function Claim({
  models,
  chosen,
}: {
  models: readonly SiteModel[];
  chosen: readonly SiteModel[];
}) {
  const measured = chosen.flatMap((model) => {
    const result = textResult(model);
    return result ? [{ model, result, displayIndex: models.indexOf(model) }] : [];
  });
  const [first] = measured;
  if (!first) return <h1>No model of this deployment has been measured.</h1>;
  const outside = first.result.byObjects.flatMap(({ objects }) =>
    objects > LIMITS.inDistribution ? [objects] : [],
  );
  const short = [...new Set(measured.map(({ result }) => percent(result.id.accuracy)))];
  const counts = measured.map(({ result }) => result.ood.count);
  const intervals = measured.map(({ result }) => interval(result.ood.interval));
  return (
    <>
      <h1>
        {measured.length === 1
          ? 'A small neural network answers'
          : 'Two small neural networks answer'}{' '}
        questions about two lists. When the lists are longer than in training,{' '}
        {measured.map(({ model, result, displayIndex }, index) => (
          <span key={model.id}>
            {index > 0 && '; '}
            <span class="model">
              <ModelMarker displayIndex={displayIndex} />
              {model.id}
            </span>
            {hasVision(model) ? ', which also learned from pictures,' : ''}
            {index === 0 ? ' is right in ' : ' in '}
            <b>{percent(result.ood.accuracy)}</b>
            {index === 0 && ' of questions'}
          </span>
        ))}
        .
      </h1>
      <p class="evidence">
        <b>Why it matters:</b> with short lists, as in training,{' '}
        {measured.length === 1 ? 'it is' : 'both are'} right in {short.join(' and ')}. A network can
        pass its test by a rule that fails later. Below you see by which rule{' '}
        {measured.length === 1 ? 'it' : 'each one'} answers.{' '}
        <small>
          {count(Math.min(...counts))} test questions each, {Math.min(...outside)} to{' '}
          {Math.max(...outside)} objects; 95&nbsp;% intervals {intervals.join(' and ')}.
        </small>
      </p>
    </>
  );
}
