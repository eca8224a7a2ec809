import { createWatch } from './create-watch.ts';
import { deleteWatch } from './delete-watch.ts';
import { exportWatch } from './export-watch.ts';
import { getWatch } from './get-watch.ts';
import { getWatchReport } from './get-watch-report.ts';
import { listWatches } from './list-watches.ts';
import { embedStatus } from './status-embed.ts';
import { statusPage } from './status-page.ts';
import { watchBadge } from './watch-badge.ts';
import { listWatchRuns } from './list-watch-runs.ts';

export const WATCH_ROUTES = [
  createWatch,
  listWatches,
  getWatch,
  listWatchRuns,
  getWatchReport,
  exportWatch,
  deleteWatch,
  statusPage,
  embedStatus,
  watchBadge,
];
