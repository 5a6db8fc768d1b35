import { escapeHtml } from '../escape.ts';

/** Markup that is safe to stand in a page: made by `html`, or declared so by `trusted`. */
export interface Html {
  readonly markup: string;
}

/** What may stand in a template: text is escaped, markup is not, nothing is nothing. */
export type Part = Html | string | number | undefined | readonly Part[];

function written(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  if ('markup' in part) return part.markup;
  return part.map(written).join('');
}

/** Markup with its texts escaped, so that none can be forgotten: `html\`<p>${text}</p>\``. */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: pieces.reduce((page, piece, k) => page + piece + (k < parts.length ? written(parts[k]) : ''), '') };
}

/** Markup from this package, such as a drawing; never text of a run. */
export const trusted = (markup: string): Html => ({ markup });

export const nothing: Html = trusted('');
