import { API_LIMITS } from '../../contract/limits.ts';
import type { SiteModel } from '../../contract/pages.ts';
import { queryName } from '../../task/query.ts';
import { selectModels, sceneQueryId } from './plan.ts';

/** Requests to the API that return the same from a terminal. */
export function Requests({ models, origin }: { models: readonly SiteModel[]; origin: string }) {
  if (models.length === 0) return null;
  const chosen = selectModels(models, undefined);
  const ids = models.slice(0, API_LIMITS.modelsInFigures).map(({ id }) => id);
  const name = queryName(
    sceneQueryId(chosen, { objects: 12, sceneIndex: 0, questionIndex: 0, order: 'context' }),
  );
  const body = JSON.stringify({ models: ids, queries: [name], top: 3 });
  const examples = [
    [
      'Compare the models on the same queries',
      `curl '${origin}/v1/compare?models=${ids.join(',')}&objects=2,8,12&queries=96'`,
    ],
    ['List some queries', `curl '${origin}/v1/queries?objects=12&count=2'`],
    ['Ask one query by name', `curl ${origin}/v1/predict --json '${body}'`],
  ];
  return (
    <section class="requests" aria-labelledby="requests-title">
      <h2 id="requests-title">Use the API</h2>
      {examples.map(([title, command]) => (
        <figure key={title}>
          <figcaption>{title}</figcaption>
          <pre tabIndex={0}>
            <code>{command}</code>
          </pre>
        </figure>
      ))}
    </section>
  );
}
