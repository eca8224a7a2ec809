/** Where a command writes, and what it is told by its surroundings. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends requests that are under way. */
  readonly signal?: AbortSignal;
}

/** The exit codes of every command. */
export const EXIT = { pass: 0, regression: 1, couldNotRun: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
