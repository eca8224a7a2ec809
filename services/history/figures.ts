import type { METRICS, Run } from '../../contract/history.ts';
import type { AssociationOrder, Modality, Question } from '../../task/spec.ts';

/** One share that a run measured: a row of `figures`. */
export interface Figure {
  readonly model: string;
  readonly modality: Modality;
  readonly order: AssociationOrder;
  readonly question: Question;
  readonly metric: (typeof METRICS)[number];
  /** 0 where the metric is not of one number of objects. */
  readonly objects: number;
  readonly digest: string | null;
  readonly right: number;
  readonly count: number;
}

type Counted = Pick<Figure, 'right' | 'count'>;

/** The shares that a trend can be made of. */
export function figuresOf(run: Run): Figure[] {
  const digestOf = (model: string) => run.digests[model] ?? null;
  if (run.kind === 'check') {
    return run.result.tests
      .filter(({ after }) => after.count > 0)
      .map(({ model, modality, order, what, objects, after }) => ({
        ...{ model, modality, order, question: 'indirect' as const, metric: what },
        ...{ objects: what === 'objects' ? (objects ?? 0) : 0, digest: digestOf(model), ...after },
      }));
  }
  const { modality, order, question } = run.result.queries;
  return run.result.models.flatMap(({ model, byObjects, id, ood }) => {
    const figure = (metric: Figure['metric'], objects: number, { right, count }: Counted) => ({
      ...{ model, modality, order, question, metric, objects },
      ...{ digest: digestOf(model), right, count },
    });
    return [
      ...byObjects.map((point) => figure('objects', point.objects, point)),
      ...(id ? [figure('id', 0, id)] : []),
      ...(ood ? [figure('ood', 0, ood)] : []),
    ];
  });
}
