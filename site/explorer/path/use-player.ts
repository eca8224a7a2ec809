import { useEffect, useState } from 'preact/hooks';

/** How long each layer is shown, in milliseconds. */
const STEP = 700;

export interface Player {
  readonly layer: number;
  readonly isPlaying: boolean;
  readonly setLayer: (layer: number) => void;
  /** Plays from the layer that is shown, or from the first after the last; or pauses. */
  readonly play: () => void;
}

/** The layer that is shown, from 0 to `last`, and its playing from the first to the last. */
export function usePlayer(last: number): Player {
  // Past the last, so that the answer is shown also where a model has more layers.
  const [layer, setLayer] = useState(Infinity);
  const [isPlaying, setPlaying] = useState(false);
  useEffect(() => {
    if (!isPlaying) return undefined;
    if (layer >= last) {
      setPlaying(false);
      return undefined;
    }
    const timer = setTimeout(() => {
      setLayer(layer + 1);
    }, STEP);
    return () => {
      clearTimeout(timer);
    };
  }, [isPlaying, layer, last]);
  return {
    layer: Math.min(layer, last),
    isPlaying,
    setLayer: (next: number) => {
      setPlaying(false);
      setLayer(next);
    },
    play: () => {
      if (!isPlaying && layer >= last) setLayer(0);
      setPlaying(!isPlaying);
    },
  };
}
