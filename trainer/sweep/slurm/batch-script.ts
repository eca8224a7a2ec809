/** Seconds before the time limit at which a training saves and the job goes back into the queue. */
const SECONDS_TO_SAVE = 120;

/** One command of a batch job. */
export interface BatchCommand {
  /** Index in the array: the seed. */
  readonly index: number;
  /** Folder for `log` and `exit-status`. */
  readonly folder: string;
  readonly words: readonly string[];
}

export interface BatchJob {
  readonly name: string;
  /** One command, or several as the elements of an array. */
  readonly commands: readonly BatchCommand[];
  /** Options of sbatch by their long names. */
  readonly options: Readonly<Record<string, string>>;
}

/**
 * The script of a batch job. Shortly before the time limit it stops the command by SIGTERM, at which a training
 * saves, and asks Slurm to put the job back into the queue. Otherwise it writes the command's exit status
 * to a file: Slurm keeps it only where accounting is on.
 */
export function batchScript({ name, commands, options }: BatchJob): string {
  const directives = {
    'job-name': name,
    // The script itself writes the log.
    output: '/dev/null',
    signal: `B:USR1@${SECONDS_TO_SAVE}`,
    ...(commands.length > 1 && { array: commands.map(({ index }) => index).join(',') }),
    ...options,
  };
  return [
    '#!/bin/bash',
    ...Object.entries(directives).map(([option, value]) => `#SBATCH --${option}=${quote(value)}`),
    // After the death of a node the job starts again; without what it needs it never will.
    '#SBATCH --requeue',
    '#SBATCH --kill-on-invalid-dep=yes',
    ...selection(commands),
    'exec >>"$folder/log" 2>&1',
    // $! is set as soon as the command runs: a signal could come before it was copied to a variable.
    `trap 'at_limit=1; kill -TERM "$!"' USR1`,
    '"$@" &',
    'wait "$!"; status=$?',
    // The trap ended the first wait.
    'if [ -n "$at_limit" ]; then wait "$!"; status=$?; fi',
    'if [ -n "$at_limit" ] && [ "$status" -ne 0 ]; then',
    '  scontrol requeue "$SLURM_JOB_ID" && exit "$status"',
    'fi',
    'echo "$status" >"$folder/exit-status.partial"',
    'mv "$folder/exit-status.partial" "$folder/exit-status"',
    'exit "$status"',
    '',
  ].join('\n');
}

/** Lines that set `folder` and the words of the command. */
function selection(commands: readonly BatchCommand[]): string[] {
  const set = ({ folder, words }: BatchCommand) =>
    `folder=${quote(folder)}; set -- ${words.map(quote).join(' ')}`;
  if (commands.length === 1) return commands.map(set);
  return [
    'case "$SLURM_ARRAY_TASK_ID" in',
    ...commands.map((command) => `  ${command.index}) ${set(command)} ;;`),
    'esac',
  ];
}

/** A word of the shell as it is; in quotes where it has other characters than these. */
const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
