import { useCopy } from '../lib/use-copy.ts';

export interface CopyButtonProps {
  readonly text: string | (() => string);
  /** The name of the copied thing: `link`. */
  readonly name: string;
  /** Whether the name is visible next to the button, so that the button need not show it. */
  readonly nameIsVisible?: boolean;
}

const RESULTS = { copied: 'Copied', refused: 'The browser blocked copying' } as const;

/** A button that copies text, and announces the result. */
export function CopyButton({ text, name, nameIsVisible = false }: CopyButtonProps) {
  const [result, copy] = useCopy();
  return (
    <>
      <button
        type="button"
        onClick={() => {
          copy(typeof text === 'string' ? text : text());
        }}
      >
        {result ? RESULTS[result] : 'Copy'}
        {!result && <span class={nameIsVisible ? 'visually-hidden' : undefined}> {name}</span>}
      </button>
      <span class="visually-hidden" role="status">
        {result && `${RESULTS[result]}: ${name}`}
      </span>
    </>
  );
}
