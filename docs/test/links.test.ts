import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { documents, root } from './support/documents.ts';

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

const prose = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
const headings = (text: string): string[] =>
  [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => anchorOf(heading!));

it('anchors are made as on GitHub', () => {
  expect(anchorOf('How *it* is `measured`, in 5 lines')).toBe('how-it-is-measured-in-5-lines');
  expect(anchorOf('離開代碼')).toBe('離開代碼');
});

it.each(documents().map(({ path, text }) => [path, text] as const))(
  'every relative link of %s leads somewhere',
  (path, text) => {
    const broken = [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target!)
      .filter((target) => !/^[a-z]+:/i.test(target))
      .filter((target) => {
        const [file = '', anchor] = target.split('#');
        const whole = file === '' ? path : normalize(join(dirname(path), decodeURIComponent(file)));
        if (whole.startsWith('..') || !existsSync(join(root, whole))) return true;
        if (anchor === undefined) return false;
        return !headings(readFileSync(join(root, whole), 'utf8')).includes(decodeURIComponent(anchor));
      });
    expect(broken).toEqual([]);
  },
);
