import { useEffect, useRef, useState } from 'preact/hooks';
import { plural } from '../lib/format.ts';
import { ErrorMessage } from '../components/error-message.tsx';
import { QUERIES_PER_BATCH, type LiveCounts } from './live-counts.ts';

export interface AskMoreProps {
  readonly models: readonly string[];
  readonly counts: readonly number[];
  readonly liveCounts: LiveCounts;
  readonly onChange: (liveCounts: LiveCounts) => void;
}

/** A button that asks the models more questions; their results are added to the chart. */
export function AskMore({ models, counts, liveCounts, onChange }: AskMoreProps) {
  const [batches, setBatches] = useState(0);
  const [share, setShare] = useState<number>();
  const [error, setError] = useState<unknown>();
  const controller = useRef<AbortController>(undefined);
  useEffect(() => () => controller.current?.abort(), []);

  const ask = async () => {
    const { signal } = (controller.current = new AbortController());
    setError(undefined);
    setShare(0);
    try {
      const { askMore } = await import('./ask-models.ts');
      await askMore(
        models,
        counts,
        batches * QUERIES_PER_BATCH,
        liveCounts,
        (done, next) => {
          setShare(done);
          onChange(next);
        },
        signal,
      );
      setBatches(batches + 1);
    } catch (reason) {
      // The next batch asks the questions of this one again, so their counts are dropped.
      onChange(liveCounts);
      if (!signal.aborted) setError(reason);
    } finally {
      setShare(undefined);
    }
  };
  const queries = plural(batches * QUERIES_PER_BATCH, 'question');
  return (
    <div class="ask-more">
      <button
        type="button"
        disabled={share !== undefined}
        onClick={() => {
          void ask();
        }}
      >
        Ask {QUERIES_PER_BATCH} more questions each
      </button>
      {share !== undefined && <progress value={share} aria-label="questions answered" />}
      <p class="hint" aria-live="polite">
        {batches > 0
          ? `Hollow markers: ${queries} per number of objects, asked just now in words that all models know.`
          : 'Filled markers: results from the model cards. New results appear next to them.'}
      </p>
      {error !== undefined && <ErrorMessage error={error} />}
    </div>
  );
}
