import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from '../../build/paths.ts';

/** A file of the documentation. */
export interface Document {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block of code. */
export interface CodeBlock {
  readonly language: string;
  readonly code: string;
}

/** All Markdown files that people read: those at the root, the README of a folder, and those under `docs/`. */
export function documents(): Document[] {
  const entries = readdirSync(ROOT, { withFileTypes: true });
  const atRoot = entries.filter(({ name }) => name.endsWith('.md')).map(({ name }) => name);
  const examples = readdirSync(join(ROOT, 'examples')).map((name) => join('examples', name));
  const ofFolders = entries
    .filter((entry) => entry.isDirectory() && entry.name !== 'docs')
    .flatMap(({ name }) => [name, ...(name === 'examples' ? examples : [])])
    .map((folder) => join(folder, 'README.md'))
    .filter((path) => existsSync(join(ROOT, path)));
  const below = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name));
  return [...atRoot, ...ofFolders, ...below].map(readDocument);
}

/** @param path from the root of the repository */
export const readDocument = (path: string): Document => ({
  path: relative(ROOT, join(ROOT, path)),
  text: readFileSync(join(ROOT, path), 'utf8'),
});

/** The fenced blocks of a document, also those inside a list. */
export function codeBlocks({ text }: Document): CodeBlock[] {
  return [...text.matchAll(/^( *)```([a-z]*)\n([^]*?)^\1```$/gm)].map(
    ([, indent = '', language = '', code = '']) => ({
      language,
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
}

/** A document without its fenced blocks. */
export const prose = ({ text }: Document): string => text.replaceAll(/^ *```[^]*?^ *```$/gm, '');

/** Code within a line of prose: what is between backticks. */
export const inlineCode = (document: Document): string[] =>
  [...prose(document).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);

/** GitHub's anchors of a document's headings. */
export const anchors = (document: Document): string[] =>
  [...prose(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .replaceAll(/[`*_]/g, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
