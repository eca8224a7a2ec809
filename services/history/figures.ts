import type { METRICS, Run } from '../../contract/history.ts';
import type { AssociationOrder, Modality, Question } from '../../task/spec.ts';

/** One share that a run measured: a row of the table `figures`. */
export interface Figure {
  readonly model: string;
  readonly modality: Modality;
  readonly order: AssociationOrder;
  readonly question: Question;
  readonly metric: (typeof METRICS)[number];
  /** 0 for metrics that cover several numbers of objects. */
  readonly objects: number;
  readonly digest: string | null;
  readonly correct: number;
  readonly count: number;
}

/** The shares of a run that a trend can show. */
export function figuresOf(run: Run): Figure[] {
  const digestOf = (model: string) => run.digests[model] ?? null;
  if (run.kind === 'check') {
    return run.result.tests
      .filter(({ after }) => after.count > 0)
      .map(({ model, modality, order, metric, objects, after }) => ({
        model,
        modality,
        order,
        question: 'indirect',
        metric,
        objects: metric === 'objects' ? (objects ?? 0) : 0,
        digest: digestOf(model),
        correct: after.correct,
        count: after.count,
      }));
  }
  const { modality, order, question } = run.result.queries;
  return run.result.models.flatMap(({ model, byObjects, id, ood }) => {
    const common = { model, modality, order, question, digest: digestOf(model) };
    const figure = (
      metric: Figure['metric'],
      objects: number,
      { correct, count }: Pick<Figure, 'correct' | 'count'>,
    ): Figure => ({ ...common, metric, objects, correct, count });
    return [
      ...byObjects.map((point) => figure('objects', point.objects, point)),
      ...(id ? [figure('id', 0, id)] : []),
      ...(ood ? [figure('ood', 0, ood)] : []),
    ];
  });
}
