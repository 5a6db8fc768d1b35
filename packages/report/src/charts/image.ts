import { shortPath } from './short-path.ts';

/**
 * The image as it stands in the page: no style attributes, which the page's policy forbids (fonts are the page's), no
 * background, ids and classes of its own. The renderer numbers them by a counter of the process: the same page would
 * differ from run to run.
 */
export function finished(svg: string, notes: string, id: string): string {
  const names = new Map<string, string>();
  return (
    svg
      .replace(/<style[\s\S]*?<\/style>/g, '')
      .replace(/<rect width="[\d.]+" height="[\d.]+" x="0" y="0" fill="none"[^>]*><\/rect>/, '')
      .replace(/ style="[^"]*"/g, '')
      .replace(/ class="zr[^"]*"| xmlns:xlink="[^"]*"| baseProfile="full"| version="1.1"| xml:space="preserve"/g, '')
      .replace(/ ecmeta_[a-z_]+="[^"]*"/g, '')
      .replace(/<svg [^>]*?width="([\d.]+)" height="([\d.]+)"[^>]*>/, '<svg viewBox="0 0 $1 $2" aria-hidden="true">')
      .replace(/\bzr\d+-[a-z]+-?\d*/g, (name) => {
        if (!names.has(name)) names.set(name, `${id}-${names.size}`);
        return names.get(name)!;
      })
      .replace(/ (?:d|points)="[^"]*"/g, (path) => path.replace(/(\d+\.\d)\d+/g, '$1'))
      .replace(/ d="([^"]*)"/g, (_, path: string) => ` d="${shortPath(path)}"`)
      // The figures under the pointer are asked of the whole plot.
      .replace(/ pointer-events="visible"/g, '')
      .replace(/><\/(?:path|rect|circle|polyline|line)>\s*/g, '/>')
      .replace(/ transform="[^"]*"/g, (transform) => transform.replace(/(\d+\.\d\d)\d+/g, '$1'))
      .replace('</svg>', `${notes}</svg>`)
  );
}
