import type { z } from 'zod';
import { checkReportSchema, type CheckReport } from '../contract/regression.ts';
import {
  createdWatchSchema,
  exportedWatchSchema,
  watchDetailSchema,
  watchListSchema,
  watchRunListSchema,
  watchSchema,
  type createWatchSchema,
  type ExportedWatch,
  type listWatchesSchema,
  type listWatchRunsSchema,
  type Watch,
  type WatchDetail,
} from '../contract/watches.ts';
import type { Optional, Transport } from './transport.ts';

/** The watches of a deployment. Changes need the client's `token`. */
export interface WatchesClient {
  /** Adds a watch, or finds the one of an equal request. `secret` signs its notices. */
  create(watch: z.input<typeof createWatchSchema>): Promise<z.output<typeof createdWatchSchema>>;
  list(
    request?: Optional<z.output<typeof listWatchesSchema>>,
  ): Promise<z.output<typeof watchListSchema>>;
  get(id: string): Promise<WatchDetail>;
  /** Newest first. */
  runs(
    id: string,
    request?: Optional<z.output<typeof listWatchRunsSchema>>,
  ): Promise<z.output<typeof watchRunListSchema>>;
  report(id: string, report: string): Promise<CheckReport>;
  /** The watch, its runs, newest first, and their reports. */
  export(id: string): AsyncGenerator<ExportedWatch, void>;
  remove(id: string): Promise<Watch>;
}

export function watchesClient(transport: Transport): WatchesClient {
  const get = <T extends z.ZodType>(path: string, schema: T, query = {}) =>
    transport.call({ method: 'GET', path, query }, schema);
  const pathOf = (id: string) => `v1/watches/${encodeURIComponent(id)}`;
  return {
    create: (body) =>
      transport.call({ method: 'POST', path: 'v1/watches', body }, createdWatchSchema),
    list: (request) => get('v1/watches', watchListSchema, request),
    get: (id) => get(pathOf(id), watchDetailSchema),
    runs: (id, request) => get(`${pathOf(id)}/runs`, watchRunListSchema, request),
    report: (id, report) =>
      get(`${pathOf(id)}/reports/${encodeURIComponent(report)}`, checkReportSchema),
    export: (id) =>
      transport.lines({ method: 'GET', path: `${pathOf(id)}/export` }, exportedWatchSchema),
    remove: (id) => transport.call({ method: 'DELETE', path: pathOf(id) }, watchSchema),
  };
}
