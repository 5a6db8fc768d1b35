import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckContext, type CheckOutcome, createRandom, openPipeline, systemClock } from '@preopen/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scenario } from '../src/scenarios/library.ts';
import { panelScenarios, stressedPanelCheck } from '../src/stress-panel-check.ts';

/** Predicts 1 for each row of the prices from the 31st session on, after what `before` does. */
const pipelineSource = (before: string): string => `
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
${before}
const [input, output] = process.argv.slice(2);
const [, ...lines] = readFileSync(input + '/prices.csv', 'utf8').trim().split('\\n');
const rows = lines.map((line) => line.split(',').slice(0, 2));
const from = [...new Set(rows.map(([date]) => date))].sort()[30];
mkdirSync(output, { recursive: true });
const kept = rows.filter(([date]) => date >= from).map(([date, stock], k) => [date, stock, k % 97].join(','));
writeFileSync(output + '/predictions.csv', ['date,stock,prediction', ...kept].join('\\n') + '\\n');
`;

/** Runs the check on a pipeline in a process of its own. */
async function stress(before: string, options: { pipelineLimitMs?: number; abort?: AbortSignal } = {}) {
  const workDir = await mkdtemp(join(tmpdir(), 'preopen-stress-'));
  onTestFinished(() => rm(workDir, { recursive: true, force: true }));
  const script = join(workDir, 'pipeline.mjs');
  await writeFile(script, pipelineSource(before));
  const { abort, ...given } = options;
  const signal = abort ?? new AbortController().signal;
  const context: CheckContext = {
    signal,
    clock: systemClock,
    seed: 5,
    random: (purpose) => createRandom(5, purpose),
    scale: { stocks: 20, days: 60, users: 1 },
    budgetMs: 60_000,
    workDir,
    keep: async (name, title, mediaType) => ({ title, path: name, mediaType }),
    emit: () => undefined,
    pipeline: openPipeline(
      { kind: 'command', command: [process.execPath, script, '{input}', '{output}'] },
      { name: 'a pipeline', clock: systemClock, workDir, configDir: workDir },
    ),
    undecided: () => false,
    shared: (_key, make) => make(),
  };
  return stressedPanelCheck(scenario('typhoon-closure'), given).run(context);
}

const figureOf = ({ measurements }: CheckOutcome, name: string): number | undefined =>
  measurements.find(({ metric }) => metric === `taiwan.typhoon-closure.${name}`)?.value;

describe('a pipeline under stress', () => {
  it('is measured in time and memory in every scenario and period', () => {
    for (const each of panelScenarios) {
      const { metrics } = stressedPanelCheck(each);
      expect(metrics).toContain(`taiwan.${each.id}.duration`);
      expect(metrics).toContain(`taiwan.${each.id}.peakRss`);
    }
  });
  it('that holds 300 MB is seen to hold them, and its duration is that of the process', async () => {
    const outcome = await stress(
      'const held = Buffer.alloc(300e6, 1); await new Promise((done) => setTimeout(done, 700)); globalThis.held = held;',
    );
    expect(figureOf(outcome, 'missingPredictions')).toBe(0);
    expect(figureOf(outcome, 'duration')).toBeGreaterThan(0.7);
    // A Node process takes some 50 MB of its own.
    expect(figureOf(outcome, 'peakRss')).toBeGreaterThan(300e6);
    expect(figureOf(outcome, 'peakRss')).toBeLessThan(500e6);
  }, 60_000);
  it('that does not end is ended at its limit: the duration is above it, and nothing else is claimed', async () => {
    const outcome = await stress('await new Promise(() => setInterval(() => {}, 1000));', { pipelineLimitMs: 1000 });
    expect(figureOf(outcome, 'duration')).toBeGreaterThanOrEqual(1);
    expect(figureOf(outcome, 'peakRss')).toBeGreaterThan(1e6);
    expect(outcome.measurements).toHaveLength(2);
    const untold = outcome.notMeasured!.map(({ metric }) => metric);
    expect(untold).toContain('taiwan.typhoon-closure.missingPredictions');
    expect(untold).toHaveLength(9);
    for (const { reason } of outcome.notMeasured!) expect(reason).toMatch(/still ran after its limit of 1 s/);
  }, 60_000);
  it('that fails is told with its last words', async () => {
    await expect(stress("throw new Error('no memory left');")).rejects.toThrow(/did not survive.*no memory left/s);
  }, 60_000);
  it('ends with the run when that is given up, and measures nothing', async () => {
    const controller = new AbortController();
    const pending = stress('await new Promise(() => setInterval(() => {}, 1000));', { abort: controller.signal });
    setTimeout(() => controller.abort(new Error('given up')), 1500);
    await expect(pending).rejects.toThrow('given up');
  }, 60_000);
});
