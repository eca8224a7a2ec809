import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../build/paths.ts';
import { startProcess } from '../support/cli.ts';

const START = ['--import', 'tsx', 'scripts/start.ts'];

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

describe('npm start', () => {
  it('says where it answers, answers, prints a line for each request, and stops', async () => {
    const port = await freePort();
    const child = spawn(process.execPath, [...START, '--port', String(port)], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    const output = createInterface({ input: child.stdout });
    output.on('line', (line) => lines.push(line));
    await once(output, 'line');
    expect(lines).toEqual([`bindscope answers at http://localhost:${port} (Ctrl-C stops it)`]);
    const response = await fetch(`http://127.0.0.1:${port}/v1/models/nobody`);
    expect(response.status).toBe(404);
    // Its database has the tables, so that nothing has to be set up first.
    const runs = await fetch(`http://127.0.0.1:${port}/v1/runs?limit=1`);
    expect({ status: runs.status, body: await runs.text() }).toMatchObject({ status: 200 });
    while (lines.length < 3) await once(output, 'line');
    expect(lines[1]).toMatch(/^GET \/v1\/models\/nobody 404 [\d.]+ ms \(unknown-model\)$/);
    expect(lines[2]).toMatch(/^GET \/v1\/runs 200 [\d.]+ ms$/);
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(lines).toHaveLength(3);
  });

  it.each([
    ['nonsense', 'the port must be a whole number from 1 to 65535, not "nonsense"\n'],
    ['65536', 'the port must be a whole number from 1 to 65535, not "65536"\n'],
  ])('refuses the port %s in one line', async (port, err) => {
    const result = await startProcess(ROOT, process.execPath, [...START, '--port', port]);
    expect(result).toEqual({ code: 1, out: '', err });
  });

  it('says that a port is in use, and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const result = await startProcess(ROOT, process.execPath, [...START, '--port', String(port)]);
    expect(result).toEqual({
      code: 1,
      out: '',
      err: `port ${port} is in use; choose another with --port or PORT\n`,
    });
    other.close();
  });
});
