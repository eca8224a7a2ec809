import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT } from '../build/paths.ts';
import type { BenchResult } from './result.ts';

const PACKAGES = ['workerd', 'onnxruntime-web', 'onnxruntime-node', '@tensorflow/tfjs'] as const;

const manifestSchema = z.object({ version: z.string() });

/** Node, and the packages that the benchmarks run. */
export function versions(): BenchResult['versions'] {
  const packages = PACKAGES.map((name) => {
    const path = join(ROOT, 'node_modules', name, 'package.json');
    return [name, manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).version] as const;
  });
  return { Node: process.versions.node, ...Object.fromEntries(packages) };
}

export function machine(): Omit<BenchResult['machine'], 'load'> {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown processor',
    cores: processors.length,
    memoryGB: Math.round(totalmem() / 1e9),
  };
}

/** Processes that run or wait to run, on average of the last minute. */
export const load = (): number => Math.round(10 * (loadavg()[0] ?? 0)) / 10;
