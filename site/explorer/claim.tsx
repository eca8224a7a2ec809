import type { SiteModel } from '../../contract/pages.ts';
import { LIMITS } from '../../task/spec.ts';
import { count, interval, percent } from '../lib/format.ts';
import { ModelMarker } from '../components/marks.tsx';
import { hasVision } from './plan.ts';

/** Text with the associations in the context's order is what every model has been measured on. */
export const textResult = ({ evaluation }: SiteModel) =>
  evaluation.results.find(({ modality, order }) => modality === 'text' && order === 'context');

/** What this deployment's own cards say of the models asked, in one sentence. */
export function Claim({
  models,
  asked,
}: {
  models: readonly SiteModel[];
  asked: readonly SiteModel[];
}) {
  const measured = asked.flatMap((model) => {
    const result = textResult(model);
    return result ? [{ model, result, place: models.indexOf(model) }] : [];
  });
  if (measured.length === 0) return <h1>No model of this deployment has been measured.</h1>;
  const beyond = measured[0].result.byObjects.flatMap(({ objects }) =>
    objects > LIMITS.inDistribution ? [objects] : [],
  );
  const counts = measured.map(({ result }) => result.ood.count);
  const intervals = measured.map(({ result }) => interval(result.ood.interval));
  return (
    <>
      <h1>
        Asked about texts of more objects than it was trained on,{' '}
        {measured.map(({ model, result, place }, at) => (
          <span key={model.id}>
            {at > 0 && '; '}
            <span class="model">
              <ModelMarker place={place} />
              {model.id}
            </span>
            {hasVision(model) ? ', which has also learnt from pictures, is' : ' is'} right{' '}
            <b>{percent(result.ood.accuracy)}</b> of the time
          </span>
        ))}
        .
      </h1>
      <p class="measure">
        {count(Math.min(...counts))} unseen questions each, about {Math.min(...beyond)} to{' '}
        {Math.max(...beyond)} objects; 95&nbsp;% intervals {intervals.join(' and ')}. Up to{' '}
        {LIMITS.inDistribution} objects, as in training:{' '}
        {measured.map(({ result }) => percent(result.id.accuracy)).join(' and ')}.
      </p>
    </>
  );
}
