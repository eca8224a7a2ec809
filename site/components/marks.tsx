import { seriesClass } from '../../plots/palette.ts';
import { markerPath, VERDICT_PATHS } from '../../plots/markers.ts';
import { SHAPES } from '../../task/shapes.ts';

/** @param place of the model among those of the deployment */
export function ModelMarker({ place }: { place: number }) {
  return (
    <svg class={`sign ${seriesClass(place)}`} viewBox="-8 -8 16 16" aria-hidden="true">
      <path d={markerPath(place, 110)} />
    </svg>
  );
}

/** @param word in the language of the page */
export function Verdict({ right, word }: { right: boolean; word?: string }) {
  return (
    <span class={`verdict ${right ? 'is-right' : 'is-wrong'}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={VERDICT_PATHS[right ? 'right' : 'wrong']} />
      </svg>
      {word ?? (right ? 'right' : 'wrong')}
    </span>
  );
}

/** A shape as it looks in the picture, in its colour or in that of the text. */
export function ShapeIcon({ shape, fill }: { shape: number; fill?: string }) {
  return (
    <svg
      class={fill === undefined ? 'shape plain' : 'shape'}
      viewBox="-6 -6 112 112"
      aria-hidden="true"
    >
      <path fill={fill ?? 'currentColor'} fill-rule="evenodd" d={SHAPES[shape].path} />
    </svg>
  );
}
