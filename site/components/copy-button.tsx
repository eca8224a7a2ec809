import { useCopy } from '../lib/use-copy.ts';

export interface CopyButtonProps {
  readonly text: string | (() => string);
  /** What it copies: `link`. */
  readonly what: string;
  /** Whether it stands beside what it copies, so that nobody need be told who can see it. */
  readonly beside?: boolean;
}

const WORDS = { copied: 'Copied', refused: 'The browser did not let it' } as const;

/** Copies, and says what became of it, aloud as well. */
export function CopyButton({ text, what, beside = false }: CopyButtonProps) {
  const [said, copy] = useCopy();
  return (
    <>
      <button
        type="button"
        onClick={() => {
          copy(typeof text === 'string' ? text : text());
        }}
      >
        {said ? WORDS[said] : 'Copy'}
        {!said && <span class={beside ? 'unseen' : undefined}> {what}</span>}
      </button>
      <span class="unseen" role="status">
        {said && `${WORDS[said]}: ${what}`}
      </span>
    </>
  );
}
