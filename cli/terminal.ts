/** The outputs and the environment of a command. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts requests. */
  readonly signal?: AbortSignal;
}

/** The exit codes of every command. `insufficient`: nothing failed, and the check could not have seen enough. */
export const EXIT = { pass: 0, regression: 1, couldNotRun: 2, insufficient: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Reports that a command without other exit codes has passed, once its work is done. */
export const passer = (done: (code: ExitCode) => void) => async (work: Promise<void>) => {
  await work;
  done(EXIT.pass);
};
