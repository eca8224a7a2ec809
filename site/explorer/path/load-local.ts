import type { SiteModel } from '../../../contract/pages.ts';
import type { QueryId } from '../../../task/query.ts';
import type { LocalModel } from '../../in-browser/local-model.ts';
import { CANDIDATES, LAYERED, type LoadedPath } from './load.ts';

/** Models in web workers of this browser, by id; each is loaded once. */
const models = new Map<string, Promise<LocalModel>>();

/** Measures in this browser which tokens the answers depend on, one model after the other. */
export async function loadLocalPaths(
  requests: readonly { readonly model: SiteModel; readonly query: QueryId }[],
): Promise<LoadedPath[]> {
  const paths: LoadedPath[] = [];
  for (const { model, query } of requests) {
    try {
      const local = await open(model);
      const message = {
        kind: 'attribute',
        query,
        layered: LAYERED,
        candidates: CANDIDATES,
      } as const;
      const { figures } = await local.attribute(message);
      paths.push({ model: model.id, figures, reason: '' });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      paths.push({ model: model.id, figures: null, reason });
    }
  }
  return paths;
}

function open(model: SiteModel): Promise<LocalModel> {
  const known = models.get(model.id);
  if (known) return known;
  const opening = load(model);
  models.set(model.id, opening);
  // The next attempt loads it again.
  opening.catch(() => models.delete(model.id));
  return opening;
}

async function load(model: SiteModel): Promise<LocalModel> {
  const [{ LocalModel: Model }, { loadMessage }] = await Promise.all([
    import('../../in-browser/local-model.ts'),
    import('../../in-browser/session.ts'),
  ]);
  const local = new Model();
  try {
    await local.load(
      loadMessage(model, { engine: 'wasm', objects: 2, sceneIndex: 0 }),
      () => undefined,
    );
    return local;
  } catch (error) {
    local.stop();
    throw error;
  }
}
