import { RadioChoice } from '../../components/radio-choice.tsx';
import type { Modality } from '../../../task/spec.ts';
import type { Player } from './use-player.ts';

export interface PathControlsProps {
  readonly layers: number;
  readonly player: Player;
  /** Whether one of the models reads pictures. */
  readonly canSee: boolean;
  readonly modality: Modality;
  readonly onModality: (modality: Modality) => void;
  readonly isLocal: boolean;
  readonly onLocal: (isLocal: boolean) => void;
}

const MODALITY_NAMES = { text: 'the text', image: 'the picture' } as const;

/** Which layer is shown, what the models read, and where it is measured. */
export function PathControls(props: PathControlsProps) {
  const { layers, player, canSee, modality, onModality, isLocal, onLocal } = props;
  const { layer, setLayer, isPlaying, play } = player;
  const isLast = layer >= layers;
  return (
    <div class="path-controls">
      <button type="button" onClick={play}>
        {isPlaying ? 'Pause' : 'Play'}
      </button>
      <div class="path-layer">
        <label for="path-layer">
          {isLast ? 'The answer, after' : 'Before'} layer <b>{isLast ? layers : layer + 1}</b> of{' '}
          {layers}
        </label>
        <input
          id="path-layer"
          type="range"
          min={0}
          max={layers}
          value={layer}
          onInput={(event) => {
            setLayer(Number(event.currentTarget.value));
          }}
        />
      </div>
      {canSee && (
        <RadioChoice
          name="path-modality"
          legend="Networks with vision get"
          value={modality}
          options={MODALITY_NAMES}
          onChange={onModality}
        />
      )}
      <label>
        <input
          type="checkbox"
          checked={isLocal}
          onChange={(event) => {
            onLocal(event.currentTarget.checked);
          }}
        />{' '}
        measure in this browser <small>(loads the networks)</small>
      </label>
    </div>
  );
}
