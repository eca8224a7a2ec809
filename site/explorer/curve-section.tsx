import { useState } from 'preact/hooks';
import { API_LIMITS } from '../../contract/limits.ts';
import type { SiteModel } from '../../contract/pages.ts';
import { RANGE_NAMES } from '../../task/conditions.ts';
import { LIMITS } from '../../task/spec.ts';
import { count, interval, percent } from '../lib/format.ts';
import { ModelMarker } from '../components/marks.tsx';
import { modelPageAddress } from '../models/words.ts';
import { AskMore } from './ask-more.tsx';
import { textResult } from './text-result.ts';
import { Curve, type CurvePoint, type Series } from './curve.tsx';
import { livePoints, type LiveCounts } from './live-counts.ts';

export interface CurveSectionProps {
  readonly models: readonly SiteModel[];
  /** Always shown; other models only as far as they fit. */
  readonly chosen: readonly SiteModel[];
}

/** Accuracy by number of objects, for as many models as can be distinguished. */
export function CurveSection({ models, chosen }: CurveSectionProps) {
  const [selected, setSelected] = useState(12);
  const [liveCounts, setLiveCounts] = useState<LiveCounts>(new Map());
  const measured = models.filter(textResult);
  const shown = [...new Set([...chosen, ...measured])].slice(0, API_LIMITS.modelsInFigures);
  const series = models.flatMap((model, displayIndex): Series[] => {
    const result = textResult(model);
    if (!result || !shown.includes(model)) return [];
    const live = livePoints(liveCounts, model.id);
    return [{ model: model.id, displayIndex, points: result.byObjects, live }];
  });
  const counts = [...new Set(series.flatMap(({ points }) => points.map(({ objects }) => objects)))];
  const [firstCount] = counts;
  if (firstCount === undefined) return null;
  const objects = counts.includes(selected) ? selected : firstCount;
  return (
    <section id="curve" class="curve" aria-labelledby="curve-title">
      <h2 id="curve-title">
        Accuracy by number of objects,{' '}
        {series.length === measured.length ? 'all models' : `${series.length} models`}
      </h2>
      <div class="chart-and-values">
        <Curve series={series} counts={counts} objects={objects} onSelect={setSelected} />
        <div>
          <Values series={series} counts={counts} objects={objects} onSelect={setSelected} />
          <AskMore
            models={series.map(({ model }) => model)}
            counts={counts}
            liveCounts={liveCounts}
            onChange={setLiveCounts}
          />
        </div>
      </div>
      <details>
        <summary>All values as a table</summary>
        <ValuesTable series={series} counts={counts} />
      </details>
    </section>
  );
}

interface ValuesProps {
  readonly series: readonly Series[];
  readonly counts: readonly number[];
  readonly objects: number;
  readonly onSelect: (objects: number) => void;
}

/** The values of all models at one number of objects. */
function Values({ series, counts, objects, onSelect }: ValuesProps) {
  return (
    <div class="values">
      <label for="selected-objects">
        At{' '}
        <select
          id="selected-objects"
          value={objects}
          onChange={(event) => {
            onSelect(Number(event.currentTarget.value));
          }}
        >
          {counts.map((option) => (
            <option key={option} value={option} selected={option === objects}>
              {option} objects
            </option>
          ))}
        </select>{' '}
        ({RANGE_NAMES[objects > LIMITS.inDistribution ? 'ood' : 'id']})
      </label>
      <dl>
        {series.map(({ model, displayIndex, points, live }) => {
          const point = points.find((one) => one.objects === objects);
          const livePoint = live.find((one) => one.objects === objects);
          return (
            <div key={model}>
              <dt>
                <ModelMarker displayIndex={displayIndex} />
                <a href={modelPageAddress(model)}>{model}</a>
              </dt>
              <dd>{point ? <Accuracy {...point} /> : 'not measured'}</dd>
              {livePoint && (
                <dd class="live">
                  just now <Accuracy {...livePoint} />
                </dd>
              )}
            </div>
          );
        })}
      </dl>
    </div>
  );
}

function Accuracy({ accuracy, interval: bounds, correct, count: total }: CurvePoint) {
  return (
    <>
      <b>{percent(accuracy)}</b> <small>{interval(bounds)}</small>
      <small class="counts">
        {count(correct)} of {count(total)}
      </small>
    </>
  );
}

function ValuesTable({ series, counts }: Pick<ValuesProps, 'series' | 'counts'>) {
  return (
    <div
      class="scrollable"
      tabIndex={0}
      role="group"
      aria-label="Accuracy by number of objects, as a table"
    >
      <table>
        <thead>
          <tr>
            <th scope="col">objects</th>
            {series.map(({ model }) => (
              <th key={model} scope="col">
                {model}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {counts.map((objects) => (
            <tr key={objects}>
              <th scope="row">{objects}</th>
              {series.map(({ model, points }) => {
                const point = points.find((one) => one.objects === objects);
                return <td key={model}>{point ? <Accuracy {...point} /> : '-'}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
