import { z } from 'zod';
import { rangeOfObjects } from '../task/spec.ts';

/**
 * Parts of a baseline that contradict each other: repeated entries, and counts that disagree. Each part may be
 * invalid by itself, which the schema reports; contradictions of invalid parts are not looked for.
 */

const count = z.number();
const shareSchema = z.object({ correct: count, count, accuracy: count }).nullable();
const pointSchema = z.object({ objects: count, correct: count, count });
const conditionSchema = z.object({
  modality: z.string(),
  order: z.string(),
  id: shareSchema,
  ood: shareSchema,
  byObjects: z.array(pointSchema),
  mechanism: z
    .object({ pairs: count, solved: count, positional: count, symbolic: count })
    .nullable(),
  detectableLoss: z.object({ byObjects: z.array(z.unknown()) }).optional(),
});
const modelSchema = z.object({
  id: z.string(),
  latency: z.object({ requests: count, p50: count, p95: count }).optional(),
  conditions: z.array(z.unknown()),
});
const planSchema = z.object({
  objects: z.array(count),
  queries: count,
  pairs: count,
  requests: count,
});
const outlineSchema = z.object({ plan: z.unknown(), models: z.array(z.unknown()) });

type Path = (string | number)[];
type Add = (path: Path, message: string) => void;
type Plan = z.infer<typeof planSchema>;

export function addContradictions(
  baseline: unknown,
  context: { addIssue(issue: { code: 'custom'; path: Path; message: string }): void },
): void {
  const add: Add = (path, message) => {
    context.addIssue({ code: 'custom', path, message });
  };
  const outline = outlineSchema.safeParse(baseline).data;
  if (!outline) return;
  const plan = planSchema.safeParse(outline.plan).data;
  const models = outline.models.map((model) => modelSchema.safeParse(model).data);
  addRepeated(
    models.map((model) => model?.id),
    (at) => ['models', at, 'id'],
    add,
  );
  for (const [at, model] of models.entries()) {
    if (!model) continue;
    const path = ['models', at];
    if (model.latency) {
      const { requests, p50, p95 } = model.latency;
      if (p50 > p95) add([...path, 'latency'], 'p50 must be at most p95');
      if (plan && requests !== plan.requests)
        add([...path, 'latency', 'requests'], `must be that of the plan, ${plan.requests}`);
    }
    const conditions = model.conditions.map((one) => conditionSchema.safeParse(one).data);
    addRepeated(
      conditions.map((one) => one && `${one.modality}, ${one.order}`),
      (index) => [...path, 'conditions', index],
      add,
    );
    for (const [index, condition] of conditions.entries()) {
      if (condition) conditionFaults(condition, plan, [...path, 'conditions', index], add);
    }
  }
}

function conditionFaults(
  { byObjects, mechanism, detectableLoss, ...pooled }: z.infer<typeof conditionSchema>,
  plan: Plan | undefined,
  path: Path,
  add: Add,
): void {
  addRepeated(
    byObjects.map(({ objects }) => objects),
    (at) => [...path, 'byObjects', at, 'objects'],
    add,
  );
  if (plan) pointFaults(byObjects, plan, path, add);
  for (const range of ['id', 'ood'] as const) {
    const points = byObjects.filter(({ objects }) => rangeOfObjects(objects) === range);
    const sum = (field: 'correct' | 'count') =>
      points.reduce((total, point) => total + point[field], 0);
    const share = pooled[range];
    if ((share?.correct ?? 0) !== sum('correct') || (share?.count ?? 0) !== sum('count')) {
      const wanted = points.length > 0 ? `${sum('correct')} of ${sum('count')}` : 'null';
      add([...path, range], `must be the sum of its numbers of objects, ${wanted}`);
    } else if (share && Math.abs(share.accuracy - share.correct / share.count) > 1e-9) {
      add([...path, range, 'accuracy'], `must be ${share.correct} / ${share.count}`);
    }
  }
  if (detectableLoss && detectableLoss.byObjects.length !== byObjects.length)
    add([...path, 'detectableLoss', 'byObjects'], `must have ${byObjects.length} entries`);
  if (!mechanism) return;
  const { pairs, solved, positional, symbolic } = mechanism;
  if (plan && pairs !== plan.pairs)
    add([...path, 'mechanism', 'pairs'], `must be those of the plan, ${plan.pairs}`);
  if (solved > pairs) add([...path, 'mechanism', 'solved'], 'must be at most pairs');
  if (positional + symbolic > solved)
    add([...path, 'mechanism'], 'positional and symbolic together must be at most solved');
}

function pointFaults(
  byObjects: readonly z.infer<typeof pointSchema>[],
  plan: Plan,
  path: Path,
  add: Add,
): void {
  for (const [at, { objects, count: queries }] of byObjects.entries()) {
    const point = [...path, 'byObjects', at];
    if (!plan.objects.includes(objects))
      add([...point, 'objects'], `must be one of the plan: ${plan.objects.join(', ')}`);
    if (queries !== plan.queries)
      add([...point, 'count'], `must be the queries of the plan, ${plan.queries}`);
  }
  const known = byObjects.map(({ objects }) => objects);
  const missing = plan.objects.filter((objects) => !known.includes(objects));
  if (missing.length > 0)
    add([...path, 'byObjects'], `the plan also has ${missing.join(', ')} objects`);
}

function addRepeated(
  values: readonly (string | number | undefined)[],
  pathOf: (index: number) => Path,
  add: Add,
): void {
  for (const [index, value] of values.entries()) {
    if (value !== undefined && values.indexOf(value) < index)
      add(pathOf(index), `must not repeat ${value}`);
  }
}
