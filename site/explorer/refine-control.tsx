import { useEffect, useRef, useState } from 'preact/hooks';
import { plural } from '../lib/format.ts';
import { ErrorMessage } from '../components/error-message.tsx';
import { QUERIES_PER_BATCH, askMore, type Tally } from './refine.ts';

export interface RefineControlProps {
  readonly models: readonly string[];
  readonly counts: readonly number[];
  readonly tally: Tally;
  readonly onTally: (tally: Tally) => void;
}

/** Asks more, live: the points of what is asked now stand beside those of the cards. */
export function RefineControl({ models, counts, tally, onTally }: RefineControlProps) {
  const [gone, setGone] = useState(0);
  const [share, setShare] = useState<number>();
  const [error, setError] = useState<unknown>();
  const leaving = useRef<AbortController>(undefined);
  useEffect(() => () => leaving.current?.abort(), []);

  const ask = async () => {
    leaving.current = new AbortController();
    setError(undefined);
    setShare(0);
    try {
      await askMore(
        models,
        counts,
        gone * QUERIES_PER_BATCH,
        tally,
        (done, grown) => {
          setShare(done);
          onTally(grown);
        },
        leaving.current.signal,
      );
      setGone(gone + 1);
    } catch (reason) {
      // What was counted of this go is asked again with the next.
      onTally(tally);
      if (!leaving.current.signal.aborted) setError(reason);
    } finally {
      setShare(undefined);
    }
  };
  return (
    <div class="refine">
      <button
        type="button"
        disabled={share !== undefined}
        onClick={() => {
          void ask();
        }}
      >
        Ask {QUERIES_PER_BATCH} more of each now
      </button>
      {share !== undefined && <progress value={share} aria-label="queries answered" />}
      <p class="hint" aria-live="polite">
        {gone > 0
          ? `Hollow signs: ${plural(gone * QUERIES_PER_BATCH, 'query', 'queries')} for each number of objects, asked just now in the words that all models know.`
          : 'Filled signs are what the cards say; what is asked now comes beside them.'}
      </p>
      {error !== undefined && <ErrorMessage error={error} />}
    </div>
  );
}
