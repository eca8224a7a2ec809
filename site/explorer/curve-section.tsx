import { useState } from 'preact/hooks';
import { API_LIMITS } from '../../contract/limits.ts';
import type { SiteModel } from '../../contract/pages.ts';
import { LIMITS } from '../../task/spec.ts';
import { count, interval, percent } from '../lib/format.ts';
import { ModelMarker } from '../components/marks.tsx';
import { textResult } from './claim.tsx';
import { Curve, type CurvePoint, type Series } from './curve.tsx';
import { RefineControl } from './refine-control.tsx';
import { livePoints, type Tally } from './refine.ts';

export interface CurveSectionProps {
  readonly models: readonly SiteModel[];
  /** Those that are in the curve at any rate. */
  readonly asked: readonly SiteModel[];
}

/** Accuracy by number of objects: of all models, where they are not too many to be told apart. */
export function CurveSection({ models, asked }: CurveSectionProps) {
  const [at, setAt] = useState(12);
  const [tally, setTally] = useState<Tally>(new Map());
  const measured = models.filter(textResult);
  const shown = [...new Set([...asked, ...measured])].slice(0, API_LIMITS.modelsInFigures);
  const series = models.flatMap((model, place): Series[] => {
    const result = textResult(model);
    return result && shown.includes(model)
      ? [{ model: model.id, place, points: result.byObjects, live: livePoints(tally, model.id) }]
      : [];
  });
  if (series.length === 0) return null;
  const counts = [...new Set(series.flatMap(({ points }) => points.map(({ objects }) => objects)))];
  const read = counts.includes(at) ? at : counts[0];
  return (
    <section id="curve" class="curve" aria-labelledby="curve-title">
      <h2 id="curve-title">
        {series.length === measured.length ? 'All models' : `${series.length} models`}, by number of
        objects
      </h2>
      <div class="beside">
        <Curve series={series} counts={counts} at={read} onPoint={setAt} />
        <div>
          <ValuesAtPoint series={series} counts={counts} at={read} onPoint={setAt} />
          <RefineControl
            models={series.map(({ model }) => model)}
            counts={counts}
            tally={tally}
            onTally={setTally}
          />
        </div>
      </div>
      <details>
        <summary>All figures as a table</summary>
        <FiguresTable series={series} counts={counts} />
      </details>
    </section>
  );
}

interface ValuesProps {
  readonly series: readonly Series[];
  readonly counts: readonly number[];
  readonly at: number;
  readonly onPoint: (objects: number) => void;
}

/** What the chart says at one number of objects. */
function ValuesAtPoint({ series, counts, at, onPoint }: ValuesProps) {
  return (
    <div class="reading">
      <label for="read-at">
        At{' '}
        <select
          id="read-at"
          value={at}
          onChange={(event) => {
            onPoint(Number(event.currentTarget.value));
          }}
        >
          {counts.map((objects) => (
            <option key={objects} value={objects} selected={objects === at}>
              {objects} objects
            </option>
          ))}
        </select>
        {at > LIMITS.inDistribution ? ' (beyond training)' : ' (as in training)'}
      </label>
      <dl>
        {series.map(({ model, place, points, live }) => {
          const point = points.find(({ objects }) => objects === at);
          const now = live.find(({ objects }) => objects === at);
          return (
            <div key={model}>
              <dt>
                <ModelMarker place={place} />
                <a href={`/v1/models/${model}`}>{model}</a>
              </dt>
              <dd>{point ? <Figures {...point} /> : 'not measured'}</dd>
              {now && (
                <dd class="now">
                  now <Figures {...now} />
                </dd>
              )}
            </div>
          );
        })}
      </dl>
    </div>
  );
}

function Figures({ accuracy, interval: bounds, correct, count: asked }: CurvePoint) {
  return (
    <>
      <b>{percent(accuracy)}</b> <small>{interval(bounds)}</small>
      <small class="counts">
        {count(correct)} of {count(asked)}
      </small>
    </>
  );
}

function FiguresTable({ series, counts }: Pick<ValuesProps, 'series' | 'counts'>) {
  return (
    <div
      class="wide"
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
                return <td key={model}>{point ? <Figures {...point} /> : '-'}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
