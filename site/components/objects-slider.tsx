import { LIMITS } from '../../task/spec.ts';

export interface ObjectsSliderProps {
  readonly value: number;
  readonly min?: number;
  readonly onInput: (objects: number) => void;
}

const TICKS = [2, 4, 8, 12, 16, 20, 24, 28, 32];

/** A slider for the number of objects, which shows the most objects in training. */
export function ObjectsSlider({ value, min = 2, onInput }: ObjectsSliderProps) {
  const position = (objects: number) => `${(100 * (objects - min)) / (LIMITS.objects - min)}%`;
  const limit = position(LIMITS.inDistribution + 0.5);
  const outside = value > LIMITS.inDistribution;
  const range = outside ? 'more than in training' : 'as in training';
  return (
    <div class="slider">
      <label for="objects">
        <output>{value}</output> objects,{' '}
        <span class={outside ? 'range is-out-of-distribution' : 'range'}>{range}</span>
      </label>
      <div class="track">
        <svg aria-hidden="true">
          <line class="in-distribution" x1="0%" x2={limit} y1="14" y2="14" />
          <line class="out-of-distribution" x1={limit} x2="100%" y1="14" y2="14" />
          <line class="training-limit" x1={limit} x2={limit} y1="2" y2="26" />
          {TICKS.filter((tick) => tick >= min).map((tick) => (
            <text key={tick} x={position(tick)} y="40">
              {tick}
            </text>
          ))}
        </svg>
        <input
          id="objects"
          name="objects"
          type="range"
          min={min}
          max={LIMITS.objects}
          value={value}
          aria-valuetext={`${value} objects, ${range}`}
          onInput={(event) => {
            onInput(Number(event.currentTarget.value));
          }}
        />
      </div>
    </div>
  );
}
