import { VERDICT_PATHS, markerPath } from '../../plots/markers.ts';
import { seriesClass } from '../../plots/palette.ts';
import { elementAt } from '../../task/element-at.ts';
import { SHAPES } from '../../task/shapes.ts';

/** The marker of a model, as in figures. @param displayIndex of the model in the deployment */
export function ModelMarker({ displayIndex }: { displayIndex: number }) {
  return (
    <svg
      class={`model-marker ${seriesClass(displayIndex)}`}
      viewBox="-8 -8 16 16"
      aria-hidden="true"
    >
      <path d={markerPath(displayIndex, 110)} />
    </svg>
  );
}

/** @param text in the language of the page */
export function Verdict({ correct, text }: { correct: boolean; text?: string }) {
  const verdict = correct ? 'correct' : 'wrong';
  return (
    <span class={`verdict is-${verdict}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={VERDICT_PATHS[verdict]} />
      </svg>
      {text ?? verdict}
    </span>
  );
}

/** A shape as in the picture, in its own colour or in the text's. */
export function ShapeIcon({ shape, fill }: { shape: number; fill?: string }) {
  return (
    <svg class="shape" viewBox="-6 -6 112 112" aria-hidden="true">
      <path fill={fill ?? 'currentColor'} fill-rule="evenodd" d={elementAt(SHAPES, shape).path} />
    </svg>
  );
}
