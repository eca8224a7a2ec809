import { spawnSync } from 'node:child_process';

/** A command that failed, or that the machine does not have. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Debian packages of the commands that a build needs. */
const PACKAGES: Readonly<Record<string, string>> = {
  python3: 'python3',
  unzip: 'unzip',
  'g++': 'g++',
  gcc: 'gcc',
  nm: 'binutils',
  readelf: 'binutils',
};

/** @throws CommandError that names all commands that are missing */
export function requireCommands(names: readonly string[]): void {
  const missing = names.filter((name) => spawnSync(name, ['--version']).error !== undefined);
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((name) => PACKAGES[name] ?? name))];
    throw new CommandError(
      `these commands are missing: ${missing.join(', ')}; on Debian: apt-get install ${packages.join(' ')}`,
    );
  }
  if (names.includes('python3') && spawnSync('python3', ['-m', 'pip', '--version']).status !== 0) {
    throw new CommandError('python3 has no pip; on Debian: apt-get install python3-pip');
  }
}

/** Runs a command and shows its output. @throws CommandError when it fails */
export function run(command: string, args: readonly string[], env = process.env): void {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env });
  if (error) throw new CommandError(`${command} cannot be started: ${error.message}`);
  if (status !== 0) {
    throw new CommandError(`${command} failed (exit status ${status ?? 'unknown'}), see above`);
  }
}

/** Runs a command and returns its output. @throws CommandError when it fails */
export function output(command: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new CommandError(`${command} failed: ${stderr.trim()}`);
  return stdout;
}
