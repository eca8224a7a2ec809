import type { SiteModel } from '../../contract/pages.ts';
import { LIMITS } from '../../task/spec.ts';
import { PageLayout } from '../components/page-layout.tsx';
import { ModelMarker } from '../components/marks.tsx';
import { textResult } from '../explorer/text-result.ts';
import { count, interval, percent } from '../lib/format.ts';
import { kindInWords, modelPageAddress, modalitiesInWords } from './words.ts';

/** All models of the deployment, each with its accuracy on text and a link to its page. */
export function ModelListPage({ models }: { models: readonly SiteModel[] }) {
  return (
    <PageLayout page="models">
      <section class="intro">
        <h1>Models</h1>
        <p class="lead">
          The models of this deployment, with their accuracy on text: with up to{' '}
          {LIMITS.inDistribution} objects, as in training, and with more. Programs find the same at{' '}
          <a href="/v1/models">/v1/models</a>. <a href="/pretrained">Language models</a> from
          elsewhere have a page of their own.
        </p>
      </section>
      {models.length === 0 ? (
        <p class="empty">This deployment has no models.</p>
      ) : (
        <ul class="model-list">
          {models.map((model, displayIndex) => (
            <ListedModel key={model.id} model={model} displayIndex={displayIndex} />
          ))}
        </ul>
      )}
    </PageLayout>
  );
}

function ListedModel({ model, displayIndex }: { model: SiteModel; displayIndex: number }) {
  const { id, kind, modalities, parameters, description } = model;
  const result = textResult(model);
  return (
    <li>
      <h2>
        <ModelMarker displayIndex={displayIndex} />
        <a href={modelPageAddress(id)}>{id}</a>
      </h2>
      <p class="hint">
        {kindInWords(kind)}; reads {modalitiesInWords(modalities)}; {count(parameters)} parameters
      </p>
      <p>{description}</p>
      {result ? (
        <dl>
          {(['id', 'ood'] as const).map((range) => (
            <div key={range}>
              <dt>
                {range === 'id' ? `up to ${LIMITS.inDistribution} objects` : 'with more objects'}
              </dt>
              <dd>
                <b>{percent(result[range].accuracy)}</b>{' '}
                <small>
                  {interval(result[range].interval)}, {count(result[range].correct)} of{' '}
                  {count(result[range].count)}
                </small>
              </dd>
            </div>
          ))}
        </dl>
      ) : (
        <p class="hint">Not measured on text.</p>
      )}
    </li>
  );
}
