import { existsSync } from 'node:fs';

/** Where a Chromium is; `undefined` where tests that need one have to be skipped. */
export const chromiumPath: string | undefined = [
  process.env.CHROME_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));
