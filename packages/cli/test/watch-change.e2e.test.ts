import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createRandom } from '@preopen/core';
import { appendHistory, type HistoryEntry, readHistory } from '@preopen/report';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aFolder, preopen } from './support/command.ts';

const made = aFolder('watch-change');
/** What the target takes longer from a certain run on: the change that the watch has to find. */
let addedMs = 0;
let server: Server;
let address: string;

beforeAll(async () => {
  server = createServer((_request, response) => {
    setTimeout(() => response.end('fine'), 2 + addedMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/score`;
});
afterAll(() => {
  server.close();
  rmSync(made, { recursive: true });
});

interface Line {
  readonly type: string;
  readonly kind?: string;
  readonly metric?: string;
  readonly change?: number;
  readonly since?: string;
  readonly spoilt?: string | null;
}

const metric = 'latency.response.p50';
const history = join(made, '.preopen/history');
const startMs = Date.now();
/** Each part of the test ends by itself; what makes it long is that a scan needs some runs after a change. */
const within = async (holds: () => boolean, endMs: number): Promise<boolean> => {
  while (!holds() && Date.now() - startMs < endMs) await new Promise((resolve) => setTimeout(resolve, 500));
  return holds();
};

/** Thirty earlier runs like those that were just made, give or take 5 %: a scan tells little of a few runs. */
async function withEarlierRuns(made: readonly HistoryEntry[]): Promise<void> {
  const random = createRandom(1, 'earlier runs');
  const endMs = Date.parse(made[0]!.startedAt);
  for (let k = 0; k < 30; k++) {
    const like = made[k % made.length]!;
    const startedAt = new Date(endMs - (30 - k) * 300_000).toISOString();
    const metrics = like.metrics.map((one) => ({ ...one, value: one.value * Math.exp(0.05 * random.normal()) }));
    await appendHistory(history, { ...like, id: `earlier-${k}`, startedAt, metrics });
  }
}
/** The metric in the runs that were measured, oldest first. */
const measuredBy = (entries: readonly HistoryEntry[]): string =>
  entries
    .flatMap(({ metrics }) => metrics)
    .flatMap((one) => (one.metric === metric ? [`${one.value.toFixed(1)}${one.spoilt ? ' (spoilt)' : ''}`] : []))
    .join(', ');

// Its target has to be the only one that works: elsewhere the watch would rightly find what the machine does.
const isQuiet = process.env.PREOPEN_QUIET === '1';
const needs = isQuiet ? '' : ' (needs two minutes of a quiet machine: PREOPEN_QUIET=1)';

describe.skipIf(!isQuiet)(`preopen watch of a target that becomes slower${needs}`, () => {
  it('raises no alert while nothing changes, then one of the change, with its size and the run since which it holds, and serves it', async (context) => {
    const args = ['--rate', '400', '--every', '1s', '--requests-per-hour', '100000', '--port', '0', '--json'];
    const first = preopen(['watch', address, ...args, '--max-runs', '4'], made);
    expect(await first.ended, first.err()).toBe(0);
    const firstRuns = (await readHistory(history)).entries;
    const quiet = firstRuns.filter(({ metrics }) => metrics.some((one) => one.metric === metric && !one.spoilt));
    if (quiet.length === 0) context.skip(`needs a quiet machine: other work spoilt ${measuredBy(firstRuns)}`);
    await withEarlierRuns(quiet);

    const command = preopen(['watch', address, ...args], made);
    const lines = (): Line[] =>
      command
        .out()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Line);
    // Of a busy machine nothing is learned: a watch looks for no change in a run that other work spoilt.
    const used = (): Line[] => lines().filter(({ type, spoilt }) => type === 'run' && spoilt === null);
    const skip = (): never => {
      const spoilt = lines().flatMap((line) => line.spoilt ?? []);
      return context.skip(`needs a quiet machine: ${spoilt.length} runs were spoilt; of the last, ${spoilt.at(-1)}`);
    };
    const found = (): Line[] => lines().filter((line) => line.kind === 'change' && line.metric === metric);
    try {
      if (!(await within(() => used().length >= 3, 60_000))) skip();
      expect(found()).toEqual([]);

      // Of a run that goes on while the target becomes slower, both may be told: that it is of before, and of after.
      const before = lines().filter(({ type }) => type === 'run').length;
      addedMs = 5;
      if (!(await within(() => found().length > 0, 200_000)) && used().length < 15) skip();
      const now = (await readHistory(history)).entries.slice(firstRuns.length + 30);
      expect(found(), measuredBy([...quiet, ...now])).toHaveLength(1);
      expect(found()[0]!.change).toBeGreaterThan(0.5);
      expect(now.slice(before, before + 4).map(({ id }) => id)).toContain(found()[0]!.since);
      const served = await (await fetch(/http:\S+\/metrics/.exec(command.err())?.[0] ?? '')).text();
      expect(served).toMatch(/^preopen_watch_suspected_change_ratio\{[^}]*metric="latency\.response\.p50"[^}]*\} \d/m);
      expect(served).toMatch(/^preopen_watch_spoilt_total\{[^}]*\} \d+$/m);
    } finally {
      command.child.kill('SIGINT');
      expect(await command.ended, command.err()).toBe(0);
    }
  }, 280_000);
});
