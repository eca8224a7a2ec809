import { readdirSync, readFileSync } from 'node:fs';

/** What the workerd of this process uses, from Linux' /proc. */

/** Clock ticks a second, which Linux fixes for /proc. */
const TICKS = 100;

/** @returns the process id of workerd @throws Error where there is none, or not on Linux */
export function workerdProcess(): number {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const fields = statOf(pid);
      return fields?.name.startsWith('workerd') && fields.parent === process.pid;
    });
  const [workerd] = children;
  if (workerd === undefined) throw new Error('this process has no workerd');
  return workerd;
}

/** Seconds of CPU that a process has used. */
export function cpuSeconds(pid: number): number {
  const fields = statOf(pid);
  if (!fields) throw new Error(`process ${pid} is gone`);
  return fields.ticks / TICKS;
}

/** Megabytes of memory that a process has, with all that WebAssembly was ever given. */
export const residentMegabytes = (pid: number): number => statusMegabytes(pid, 'VmRSS');

/** The most megabytes that a process ever had. */
export const peakMegabytes = (pid: number): number => statusMegabytes(pid, 'VmHWM');

function statusMegabytes(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status);
  if (!found) throw new Error(`process ${pid} does not tell its memory`);
  return Number(found[1]) / 1000;
}

/**
 * Megabytes that a process has for itself alone, without the pages of its program and libraries. Of workerd, that is all
 * of its isolates, those that serve assets and bindings locally among them, and what its allocator keeps.
 */
export function privateMegabytes(pid: number): number {
  const found = /^Private_Dirty:\s+(\d+) kB$/m.exec(
    readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'),
  );
  if (!found) throw new Error(`process ${pid} does not tell its private memory`);
  return Number(found[1]) / 1000;
}

function statOf(pid: number): { name: string; parent: number; ticks: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = text.lastIndexOf(')');
    const rest = text.slice(end + 2).split(' ');
    // Fields 4, 14 and 15 of proc(5), counted from the one after the name.
    return {
      name: text.slice(text.indexOf('(') + 1, end),
      parent: Number(rest[1]),
      ticks: Number(rest[11]) + Number(rest[12]),
    };
  } catch {
    return undefined;
  }
}
