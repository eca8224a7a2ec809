import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { WAIT } from './wait.ts';

/** Debian's packages: slurmctld slurmd slurm-client munge. */
export const hasSlurm = (): boolean =>
  ['munged', 'slurmctld', 'slurmd', 'sbatch'].every(
    (program) => spawnSync('which', [program]).status === 0,
  ) && userInfo().uid === 0;

export interface SlurmCluster {
  /** Environment in which Slurm's commands find the cluster. */
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/**
 * Starts a Slurm cluster of one node on this machine, without accounting and cgroups. Needs root.
 *
 * @param folder for its configuration, keys, state and logs
 */
export async function startSlurmCluster(folder: string): Promise<SlurmCluster> {
  const config = join(folder, 'slurm.conf');
  const socket = join(folder, 'munge.socket');
  for (const name of ['state', 'spool']) mkdirSync(join(folder, name), { recursive: true });
  const key = join(folder, 'munge.key');
  writeFileSync(key, 'a key for a cluster that lives as long as a test', { mode: 0o600 });
  const [controller, node] = [await freePort(), await freePort()];
  writeFileSync(config, configuration({ folder, socket, controller, node }));
  const env = { ...process.env, SLURM_CONF: config };

  const daemons: ChildProcess[] = [];
  const start = (program: string, ...args: string[]) =>
    daemons.push(spawn(program, args, { env, stdio: 'ignore' }));
  start(
    'munged',
    ...['--foreground', '--force', `--socket=${socket}`, `--key-file=${key}`],
    ...['pid', 'log', 'seed'].map((name) => `--${name}-file=${join(folder, `munge.${name}`)}`),
  );
  start('slurmctld', '-D', '-f', config);
  start('slurmd', '-D', '-f', config);
  await vi.waitFor(() => {
    const { stdout } = spawnSync('sinfo', ['--noheader', '--format=%T'], { env, encoding: 'utf8' });
    expect(stdout.trim()).toBe('idle');
  }, WAIT);
  return {
    env,
    stop: async () => {
      const ended = daemons.map(
        (daemon) => new Promise((resolve) => daemon.once('close', resolve)),
      );
      for (const daemon of daemons.reverse()) daemon.kill('SIGTERM');
      await Promise.all(ended);
    },
  };
}

function configuration({
  folder,
  socket,
  controller,
  node,
}: {
  readonly folder: string;
  readonly socket: string;
  readonly controller: number;
  readonly node: number;
}): string {
  const host = hostname();
  return [
    'ClusterName=test',
    `SlurmctldHost=${host}(127.0.0.1)`,
    'SlurmUser=root',
    `SlurmctldPort=${controller}`,
    `SlurmdPort=${node}`,
    `AuthInfo=socket=${socket}`,
    'ProctrackType=proctrack/linuxproc',
    'TaskPlugin=task/none',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_Core',
    `StateSaveLocation=${join(folder, 'state')}`,
    `SlurmdSpoolDir=${join(folder, 'spool')}`,
    `SlurmctldPidFile=${join(folder, 'slurmctld.pid')}`,
    `SlurmdPidFile=${join(folder, 'slurmd.pid')}`,
    `SlurmctldLogFile=${join(folder, 'slurmctld.log')}`,
    `SlurmdLogFile=${join(folder, 'slurmd.log')}`,
    // Otherwise a finished job keeps its dependents waiting for half a minute.
    'SchedulerParameters=sched_interval=1,sched_min_interval=100000,bf_interval=1',
    'KillWait=1',
    'ReturnToService=2',
    'MpiDefault=none',
    `NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=16000 State=UNKNOWN`,
    `PartitionName=test Nodes=${host} Default=YES MaxTime=INFINITE State=UP`,
    '',
  ].join('\n');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no port'));
      });
    });
  });
}
