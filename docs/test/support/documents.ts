import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder, with a slash at its end. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A Markdown file of the repository. */
export interface Document {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

/** Every Markdown file that people write and read; changesets and what a program wrote are left out. */
export function documents(): Document[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((path) => path !== '' && !/^\.changeset\/|\bapi\.md$|CHANGELOG\.md$/.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** A fenced block of code. */
export interface CodeBlock {
  readonly language: string;
  /** What stands behind the language: `run` marks a block that the tests run. */
  readonly mark: string;
  readonly code: string;
  /** Of its first line of code, from 1. */
  readonly line: number;
}

/** The fenced blocks of a text, in order. */
export function codeBlocks(text: string): CodeBlock[] {
  return [...text.matchAll(/^```(\w*) *([^\n]*)\n([\s\S]*?)^```$/gm)].map((found) => ({
    language: found[1]!,
    mark: found[2]!,
    code: found[3]!,
    line: text.slice(0, found.index).split('\n').length + 1,
  }));
}
