import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { parse as parseToml } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { ROOT } from '../../build/paths.ts';
import { run } from '../../cli/program.ts';
import {
  anchors,
  codeBlocks,
  documents,
  inlineCode,
  prose,
  readDocument,
  type Document,
} from '../support/documentation.ts';

const ALL = documents();
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));

/** Records of the past; names in them may be gone. */
const isHistory = ({ path }: Document) =>
  path === 'CHANGELOG.md' || path.startsWith('docs/decisions/');

/** Written by `npm run results`, and tested with it. */
const isGenerated = ({ path }: Document) => path.startsWith('docs/results');

describe('Links', () => {
  it('lead to files that exist, and to headings that they have', () => {
    const broken = ALL.flatMap((document) =>
      [...prose(document).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
        if (/^[a-z]+:/.test(target)) return [];
        const [file = '', anchor] = target.split('#');
        const path = file === '' ? document.path : join(dirname(document.path), file);
        if (!existsSync(join(ROOT, path))) return [`${document.path}: ${target}`];
        if (anchor === undefined || anchors(readDocument(path)).includes(anchor)) return [];
        return [`${document.path}: ${target}`];
      }),
    );
    expect(broken).toEqual([]);
  });
});

describe('Paths', () => {
  const folders = readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name);
  const isPath = (code: string) =>
    folders.some((folder) => code.startsWith(`${folder}/`)) && /^[\w./-]+$/.test(code);
  /** Made by commands, and not kept in git. */
  const isMade = (path: string) => /^(dist|runs|node_modules)\//.test(path);

  it('name files and folders that exist', () => {
    const missing = ALL.filter(
      (document) => !isHistory(document) && !isGenerated(document),
    ).flatMap((document) =>
      inlineCode(document)
        .filter((code) => isPath(code) && !isMade(code) && !existsSync(join(ROOT, code)))
        .map((code) => `${document.path}: ${code}`),
    );
    expect(missing).toEqual([]);
  });
});

describe('Examples of data', () => {
  const parsers: Readonly<Record<string, (code: string) => void>> = {
    json: (code) => {
      // Lines of NDJSON are shown as JSON, too.
      const values = code.startsWith('{"') ? code.trim().split('\n') : [code];
      for (const value of values) JSON.parse(value);
    },
    toml: (code) => {
      parseToml(code);
    },
    yaml: (code) => {
      parseYaml(code);
    },
  };

  it('can be parsed', () => {
    const faults = ALL.flatMap((document) =>
      codeBlocks(document).flatMap(({ language, code }) => {
        try {
          parsers[language]?.(code);
          return [];
        } catch (error) {
          return [`${document.path}: ${String(error)}\n${code}`];
        }
      }),
    );
    expect(faults).toEqual([]);
  });
});

/** A command line that a document shows: `npm run NAME -- ARGUMENTS` or `npx bindscope ARGUMENTS`. */
interface CommandLine {
  readonly path: string;
  readonly line: string;
  readonly words: readonly string[];
}

function commandLines(document: Document): CommandLine[] {
  const shell = codeBlocks(document)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.replaceAll('\\\n', ' ').split('\n'));
  return [...shell, ...inlineCode(document)]
    .flatMap((line) => line.replace(/\s#.*$/, '').split(/&&|\|\||;/))
    .map((line) => line.trim())
    .filter((line) => /^(npm|npx) /.test(line))
    .map((line) => ({ path: document.path, line, words: line.split(/\s+/) }));
}

describe('Commands', () => {
  const current = ALL.filter((document) => !isHistory(document) && !isGenerated(document));
  const lines = current.flatMap(commandLines);
  const flagsOf = (words: readonly string[]) =>
    words.filter((word) => /^--[a-z]/.test(word)).map((word) => word.split('=')[0] ?? word);

  /** Options of the trainer's commands and of `npm run results`, by the name of the command. */
  const options = new Map<string, string[]>();
  beforeAll(async () => {
    // The programs run when they are imported; here they only say which options they have.
    vi.doMock('../../node/run-program.ts', () => ({
      runProgram: (program: Command) => {
        for (const command of [program, ...program.commands]) {
          const flags = command.options.flatMap(({ long }) => long ?? []);
          options.set(command.name(), [...flags, '--help']);
        }
      },
    }));
    await import('../../trainer/cli.ts');
    await import('../../reports/cli.ts');
  });
  afterAll(() => {
    vi.doUnmock('../../node/run-program.ts');
  });

  it('of npm are scripts of the package', () => {
    const builtIn = ['ci', 'install', 'test', 'start', 'version', 'publish'];
    const unknown = lines.filter(({ words: [program, verb = '', script = ''] }) => {
      if (program !== 'npm') return false;
      return verb === 'run' ? !(script in scripts) : !builtIn.includes(verb);
    });
    expect(unknown.map(({ path, line }) => `${path}: ${line}`)).toEqual([]);
    expect(lines.length).toBeGreaterThan(20);
  });

  it('of the trainer have the options that are shown', () => {
    const unknown = lines.flatMap(({ path, line, words }) => {
      const [program, verb, script = '', separator] = words;
      if (program !== 'npm' || verb !== 'run' || separator !== '--') return [];
      const flags = flagsOf(words.slice(4));
      const [, command] = /cli\.ts ([a-z]+)$/.exec(scripts[script] ?? '') ?? [];
      const known = options.get(command ?? 'bindscope-results') ?? [];
      // Benchmarks and scripts have no list of options; an option of theirs is in their source.
      const [file] = /[\w/-]+\.ts/.exec(scripts[script] ?? '') ?? [];
      const isProgram = file === undefined || file.endsWith('cli.ts');
      const source = isProgram ? '' : readFileSync(join(ROOT, file), 'utf8');
      return flags
        .filter((flag) => !known.includes(flag) && !source.includes(flag.slice(2)))
        .map((flag) => `${path}: ${line}: ${flag}`);
    });
    expect(unknown).toEqual([]);
    expect(options.get('train')).toContain('--regime');
  });

  it('of bindscope have the options that their help lists', async () => {
    /** The words of a command: `check`, or those of a group, such as `watch add`. */
    const commandOf = ([, , command = '', inner = '']: readonly string[]) =>
      command === 'watch' ? [command, inner] : [command];
    const help = async (command: readonly string[]) => {
      let text = '';
      const write = (part: string) => (text += part);
      const terminal = { out: write, err: write, env: {}, signal: new AbortController().signal };
      await run([...command, '--help'], terminal);
      return text;
    };
    const shown = lines.filter(
      ({ words: [program, name] }) => program === 'npx' && name === 'bindscope',
    );
    expect(shown.length).toBeGreaterThan(10);
    const unknown: string[] = [];
    for (const { path, line, words } of shown) {
      const command = commandOf(words);
      const text = await help(command);
      const missing = flagsOf(words).filter((flag) => !new RegExp(`${flag}\\b`).test(text));
      const name = command.join(' ');
      if (!text.startsWith(`Usage: bindscope ${name} `)) missing.push(name);
      unknown.push(...missing.map((part) => `${path}: ${line}: ${part}`));
    }
    expect(unknown).toEqual([]);
  });
});

describe('The layers of the architecture', () => {
  const PURE = ['task', 'onnx', 'contract', 'statistics', 'inference', 'probes'];
  const names = (text: string) =>
    [...text.matchAll(/[`']([a-z]+)\/?[`']/g)].map(([, name]) => name);
  const { text } = readDocument('docs/architecture.md');

  it('are those that lint enforces', () => {
    const config = readFileSync(join(ROOT, 'eslint.config.js'), 'utf8');
    const [, block = ''] = /const LAYERS = \{\n([^]*?)\n\};/.exec(config) ?? [];
    const enforced = new Map(
      [...block.matchAll(/^ {2}(\w+): (\[.*\]|\[\n[^]*?\n {2}\]),$/gm)].map(
        ([, folder = '', allowed = '']) => [
          folder,
          // What the build makes is no folder of the repository.
          names(allowed).filter((name) => name !== 'dist'),
        ],
      ),
    );
    expect(enforced.size).toBeGreaterThan(15);
    for (const [folder, allowed] of enforced) {
      const [, cell = ''] =
        new RegExp(`^\\| \`${folder}/\` +\\|[^|]*\\|([^|]*)\\|$`, 'm').exec(text) ?? [];
      const [listed = '', excepted = ''] = cell.split('except');
      const pure = listed.includes('pure folders') ? PURE : [];
      const shown = [...pure, ...names(listed)].filter((name) => !names(excepted).includes(name));
      expect([folder, ...shown.sort()]).toEqual([folder, ...allowed.sort()]);
    }
  });

  it('are drawn with arrows that lint allows', () => {
    const [, drawing = ''] = /```mermaid\n([^]*?)```/.exec(text) ?? [];
    const arrows = [...drawing.matchAll(/(\w+) --> (\w+)/g)];
    expect(arrows.length).toBeGreaterThan(20);
    for (const [, from = '', to = ''] of arrows) {
      const [, cell = ''] =
        new RegExp(`^\\| \`${from}/\` +\\|[^|]*\\|([^|]*)\\|$`, 'm').exec(text) ?? [];
      const allowed = cell.includes('pure folders') ? [...PURE, ...names(cell)] : names(cell);
      expect({ from, allowed }).toEqual({
        from,
        allowed: expect.arrayContaining([to]) as string[],
      });
    }
  });
});

describe('The first pages', () => {
  it('stay short enough to be read', () => {
    const length = (path: string) => readDocument(path).text.split('\n').length;
    expect(length('README.md')).toBeLessThan(220);
    expect(length('docs/results.md')).toBeLessThan(400);
  });
});
