import { compareEvaluations } from './compare-evaluations.ts';
import { deleteEvaluation } from './delete-evaluation.ts';
import { exportEvaluation } from './export-evaluation.ts';
import { evaluationPage } from './evaluation-page.ts';
import { getEvaluation } from './get-evaluation.ts';
import { listEvaluations } from './list-evaluations.ts';
import { startEvaluation } from './start-evaluation.ts';
import { streamEvaluation } from './stream-evaluation.ts';

/** `/compare` comes before `/{id}`, which would match it. */
export const LONG_EVALUATION_ROUTES = [
  startEvaluation,
  listEvaluations,
  compareEvaluations,
  getEvaluation,
  streamEvaluation,
  exportEvaluation,
  deleteEvaluation,
  evaluationPage,
];
