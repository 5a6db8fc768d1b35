import { createHash } from 'node:crypto';

/** How a Content-Security-Policy knows an inline style or script: by what it says. */
export const digestOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
