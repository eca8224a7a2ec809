import { LIMITS } from '../../task/spec.ts';

export interface ObjectsSliderProps {
  readonly value: number;
  readonly least?: number;
  readonly onInput: (objects: number) => void;
}

const TICKS = [2, 4, 8, 12, 16, 20, 24, 28, 32];

/** How many objects there are, on a scale that shows where training ended. */
export function ObjectsSlider({ value, least = 2, onInput }: ObjectsSliderProps) {
  const at = (objects: number) => `${(100 * (objects - least)) / (LIMITS.objects - least)}%`;
  const end = at(LIMITS.inDistribution + 0.5);
  const beyond = value > LIMITS.inDistribution;
  return (
    <div class="slider">
      <label for="objects">
        <output>{value}</output> objects,{' '}
        <span class={beyond ? 'zone is-beyond' : 'zone'}>
          {beyond ? 'more than in any training' : 'as in training'}
        </span>
      </label>
      <div class="track">
        <svg aria-hidden="true">
          <line class="within" x1="0%" x2={end} y1="14" y2="14" />
          <line class="beyond" x1={end} x2="100%" y1="14" y2="14" />
          <line class="limit" x1={end} x2={end} y1="2" y2="26" />
          {TICKS.filter((tick) => tick >= least).map((tick) => (
            <text key={tick} x={at(tick)} y="40">
              {tick}
            </text>
          ))}
        </svg>
        <input
          id="objects"
          name="objects"
          type="range"
          min={least}
          max={LIMITS.objects}
          value={value}
          aria-valuetext={`${value} objects, ${beyond ? 'more than in training' : 'as in training'}`}
          onInput={(event) => {
            onInput(Number(event.currentTarget.value));
          }}
        />
      </div>
    </div>
  );
}
