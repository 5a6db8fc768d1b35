import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
// Loaded before the tests: the command would load them, with all checks, within the time of a test.
import '../src/commands/history.ts';
import { main } from '../src/main.ts';

const made = mkdtempSync(join(tmpdir(), 'preopen-cli-refusals-'));
afterAll(() => rmSync(made, { recursive: true }));

async function said(...args: string[]): Promise<{ code: number; err: string }> {
  let err = '';
  const stream = (write: (text: string) => void) =>
    ({ isTTY: false, columns: 200, write }) as unknown as NodeJS.WriteStream;
  const keep = (text: string): void => {
    err += text;
  };
  const streams = { out: stream(() => undefined), err: stream(keep), env: {} };
  return { code: await main(args, streams), err };
}

describe('what is refused', () => {
  it.each(['report', 'certify'])('%s: a run that is not there, in words and once', async (command) => {
    const nowhere = join(made, 'nowhere');
    const absent = await said(command, nowhere);
    expect(absent.code).toBe(2);
    expect(absent.err).toContain('Give the folder of a finished run');
    expect(absent.err).not.toContain('ENOENT');
    expect(absent.err.split(nowhere)).toHaveLength(2);
    expect((await said(command, made)).err).toContain(`${made} holds no results.json`);
  });
  it('a choice that is none, with the one that was probably meant', async () => {
    expect((await said('completion', 'bahs')).err).toContain('Did you mean bash?');
    const language = await said('report', made, '--lang', 'zh-WT');
    expect(language.code).toBe(2);
    expect(language.err).toContain('Did you mean zh-TW?');
  });
  it('a metric of the history that nothing measures, by name or by pattern', async () => {
    const history = (metric: string) => said('history', metric, '--dir', made);
    expect(await history('latency.inference.p59')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean latency.inference.p95?'),
    });
    expect((await history('nosuch.*')).code).toBe(2);
    expect((await history('latency.*')).code).toBe(0);
    expect((await history('latency.inference.p95')).code).toBe(0);
  });
});
