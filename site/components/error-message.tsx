import { ProblemError, UnreachableError } from '../../client/errors.ts';

/** An error message, with a button to try again. */
export function ErrorMessage({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <div class="error-message" role="alert">
      <p>{messageOf(error)}</p>
      {retry && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

function messageOf(error: unknown): string {
  if (error instanceof ProblemError) {
    if (error.kind === 'rate-limited') return 'Too many requests. Please wait a minute.';
    return `The server reports: ${error.message}.`;
  }
  if (error instanceof UnreachableError) {
    return navigator.onLine
      ? 'The server does not answer.'
      : 'You are offline. This continues when you are online again.';
  }
  return 'An unexpected error occurred.';
}
