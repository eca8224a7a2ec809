import { NDJSON } from '../../contract/media-types.ts';
import {
  exportedWatchSchema,
  watchPathSchema,
  type ExportedWatch,
  type WatchDetail,
} from '../../contract/watches.ts';
import type { WatchStore } from '../../services/watches/watch-store.ts';
import { requireWatches } from '../../services/watches/watches.ts';
import { etagOf } from '../http/http-cache.ts';
import { ndjsonStream } from '../http/ndjson.ts';
import { ndjson, notModified } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

/** Rows of one query of the database. A report may have 100 KB. */
const ROWS = { runs: 1000, reports: 20 } as const;

export const exportWatch = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/watches/{id}/export',
    operationId: 'exportWatch',
    tags: ['Watches'],
    summary: 'Get a watch with all its runs and reports',
    request: { params: watchPathSchema },
    responses: {
      200: ndjson('The lines; each is an `ExportedWatch`.', exportedWatchSchema),
      304: notModified,
    },
  },
  policy: READ,
  handler:
    ({ watches }) =>
    async (c) => {
      const { store } = requireWatches(watches);
      // Read here, so that an unknown watch is a problem, not a body that breaks off.
      const watch = await store.detail(c.req.valid('param').id);
      // Every run changes the watch; a tag of the bytes would need all of them.
      const headers = { 'content-type': NDJSON, etag: await etagOf(watch) };
      return c.body(ndjsonStream(exportOf(store, watch)), 200, headers);
    },
});

async function* exportOf(
  store: WatchStore,
  watch: WatchDetail,
): AsyncGenerator<ExportedWatch, void> {
  yield { event: 'watch', watch };
  for (let before: string | undefined; ;) {
    const runs = await store.runs(watch.id, { limit: ROWS.runs, before });
    for (const run of runs) yield { event: 'run', run };
    before = runs.at(-1)?.id;
    if (runs.length < ROWS.runs) break;
  }
  for (let after = ''; ;) {
    const reports = await store.reports(watch.id, after, ROWS.reports);
    for (const report of reports) yield { event: 'report', ...report };
    after = reports.at(-1)?.id ?? '';
    if (reports.length < ROWS.reports) return;
  }
}
