import type { SiteModel } from '../../contract/pages.ts';
import { LIMITS } from '../../task/spec.ts';
import { count, interval, percent } from '../lib/format.ts';
import { ModelMarker } from '../components/marks.tsx';
import { hasVision } from './plan.ts';

/** Results on text with associations in context order, which every model has. */
export const textResult = ({ evaluation }: SiteModel) =>
  evaluation.results.find(({ modality, order }) => modality === 'text' && order === 'context');

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
  const counts = measured.map(({ result }) => result.ood.count);
  const intervals = measured.map(({ result }) => interval(result.ood.interval));
  return (
    <>
      <h1>
        Asked about texts with more objects than in training,{' '}
        {measured.map(({ model, result, displayIndex }, index) => (
          <span key={model.id}>
            {index > 0 && '; '}
            <span class="model">
              <ModelMarker displayIndex={displayIndex} />
              {model.id}
            </span>
            {hasVision(model) ? ', also trained on pictures,' : ''} answers{' '}
            <b>{percent(result.ood.accuracy)}</b> correctly
          </span>
        ))}
        .
      </h1>
      <p class="evidence">
        {count(Math.min(...counts))} test questions per model, about {Math.min(...outside)} to{' '}
        {Math.max(...outside)} objects; 95&nbsp;% intervals {intervals.join(' and ')}. With up to{' '}
        {LIMITS.inDistribution} objects, as in training:{' '}
        {measured.map(({ result }) => percent(result.id.accuracy)).join(' and ')}.
      </p>
    </>
  );
}
