import { ProblemError, UnreachableError } from '../../client/index.ts';

/** Says what went wrong, and lets it be tried again. */
export function ErrorMessage({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <div class="trouble" role="alert">
      <p>{wordsFor(error)}</p>
      {retry && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

function wordsFor(error: unknown): string {
  if (error instanceof ProblemError) {
    if (error.kind === 'rate-limited') return 'That was a lot of questions. Wait a minute, please.';
    return `The server says: ${error.message}.`;
  }
  if (error instanceof UnreachableError) {
    return navigator.onLine
      ? 'The server does not answer.'
      : 'You are offline. This goes on by itself once you are back.';
  }
  return 'Something went wrong that should not have.';
}
