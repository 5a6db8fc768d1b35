import type { HeapProfiler } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import type { AllocationSite } from './leak/report.ts';
import { sizeText } from './size-text.ts';

interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly line: number;
}

/** Of the package itself, in which this stands both as source and when it is built. */
const packageFolder = fileURLToPath(new URL('../', import.meta.url));
/** Our own looking. CommonJS has paths where modules have addresses. */
function isHarness(url: string): boolean {
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  return path.startsWith(`${packageFolder}src`) || path.startsWith(`${packageFolder}dist`);
}
const isOwnCode = ({ url }: Frame): boolean => url !== '' && !url.startsWith('node:') && !isHarness(url);
const nameOf = ({ functionName, url, line }: Frame): string =>
  `${functionName || '(anonymous)'} ${url.split('/').at(-1)}:${line}`;

/**
 * Live memory by the place that allocated it: the innermost frame outside Node's own code, for what a library of Node
 * allocates is allocated on somebody's behalf.
 */
export function allocationSites(profile: HeapProfiler.SamplingHeapProfile): Map<string, AllocationSite> {
  const sites = new Map<string, AllocationSite>();
  const stack: Frame[] = [];
  const visit = (node: HeapProfiler.SamplingHeapProfileNode): void => {
    const { functionName, url, lineNumber } = node.callFrame;
    stack.push({ functionName, url, line: lineNumber + 1 });
    if (node.selfSize > 0) {
      let at = stack.length - 1;
      while (at > 0 && !isOwnCode(stack[at]!)) at--;
      // Neither the workload's nor on its behalf: Node by itself, or our own looking.
      const frame = at > 0 ? stack[at]! : { functionName: '(elsewhere)', url: '', line: 0 };
      const key = `${frame.functionName}\n${frame.url}\n${frame.line}`;
      const bytes = node.selfSize + (sites.get(key)?.bytes ?? 0);
      const callers = stack.slice(1, at).filter(isOwnCode).reverse().map(nameOf);
      sites.set(key, { ...frame, bytes, callers });
    }
    for (const child of node.children) visit(child);
    stack.pop();
  };
  visit(profile.head);
  return sites;
}

/** A place and what it allocated, for people. */
export function siteText({ functionName, url, line, bytes }: AllocationSite): string {
  const place = url === '' ? '' : ` ${url.split('/').at(-1)}:${line}`;
  return `${functionName || '(anonymous)'}${place} ${sizeText(bytes)}`;
}

/**
 * Places whose live memory grew from one profile to the next, most growth first. A cache that has filled is in both with the
 * same size; what leaks is larger in the second.
 */
export function growingSites(
  before: HeapProfiler.SamplingHeapProfile,
  after: HeapProfiler.SamplingHeapProfile,
): AllocationSite[] {
  const was = allocationSites(before);
  return [...allocationSites(after)]
    .map(([key, site]) => ({ ...site, bytes: site.bytes - (was.get(key)?.bytes ?? 0) }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);
}
