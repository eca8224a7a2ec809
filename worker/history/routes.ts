import { deleteRun } from './delete-run.ts';
import { getRun } from './get-run.ts';
import { getTrendPlot } from './get-trend-plot.ts';
import { getTrend } from './get-trend.ts';
import { listRuns } from './list-runs.ts';
import { saveRun } from './save-run.ts';

export const HISTORY_ROUTES = [saveRun, listRuns, getRun, deleteRun, getTrend, getTrendPlot];
