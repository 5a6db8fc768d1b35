import { rm } from 'node:fs/promises';
import type { Check, CheckContext, CheckOutcome, Measurement, Series } from '@preopen/core';
import type { LimitKind } from '../pressure/limit.ts';
import { type LimitFinding, type PressureReport, pressureSweep } from '../pressure/pressure-sweep.ts';
import { limitTitles, pressureSentences } from '../pressure/words.ts';
import { pipelineWorkload } from '../pressure/workload.ts';
import { commandPipeline } from './command-pipeline.ts';

/** What is put under pressure: a command, or the pipeline of the target. */
export interface PressureCheckOptions {
  readonly command?: readonly [string, ...string[]];
  readonly kinds?: readonly LimitKind[];
}

/** At a larger scale the search would take hours, and the way in which a pipeline breaks is the same. */
const most = { stocks: 300, days: 126 };

function measurementsOf({ kind, worksBytes, breaksBytes, rungs, slows }: LimitFinding): Measurement[] {
  const runs = rungs.reduce((sum, rung) => sum + rung.runs, 0);
  return [
    {
      metric: `memory.pressure.${kind}.least`,
      value: worksBytes,
      unit: 'bytes',
      samples: 1 + runs,
      ...(breaksBytes === undefined
        ? { bound: 'at-most' as const }
        : { interval: { low: breaksBytes, high: worksBytes, confidence: 0.95, method: 'halved until a tenth apart' } }),
      how: `smallest limit at which the work was done: ${limitTitles[kind]}`,
    },
    ...(slows
      ? [
          {
            metric: `memory.pressure.${kind}.slowdown`,
            value: slows.ratio,
            unit: 'ratio' as const,
            samples: slows.interval ? (rungs.find(({ bytes }) => bytes === slows.bytes)?.runs ?? 0) : 0,
            interval: slows.interval,
            how: `time with a limit of ${(slows.bytes / 1e6).toFixed(0)} MB over time without`,
          },
        ]
      : []),
  ];
}

function rungSeries(findings: readonly LimitFinding[]): Series[] {
  const rows = findings.flatMap(({ kind, rungs }) => rungs.map((rung) => ({ kind, ...rung })));
  if (rows.length === 0) return [];
  const finite = (value: number | undefined): number | null =>
    value !== undefined && Number.isFinite(value) ? value : null;
  return [
    {
      id: 'memory.pressure',
      title: 'Time under a limit over time without, in turns',
      columns: [
        { name: 'limit of', values: rows.map(({ kind }) => limitTitles[kind]) },
        { name: 'limit', unit: 'bytes', values: rows.map(({ bytes }) => bytes) },
        { name: 'runs', unit: 'count', values: rows.map(({ runs }) => runs) },
        { name: 'broke', unit: 'count', values: rows.map(({ broke }) => broke) },
        { name: 'time', unit: 'ratio', values: rows.map(({ slowdown }) => finite(slowdown?.ratio)) },
        { name: 'at least', unit: 'ratio', values: rows.map(({ slowdown }) => finite(slowdown?.interval.low)) },
        { name: 'at most', unit: 'ratio', values: rows.map(({ slowdown }) => finite(slowdown?.interval.high)) },
      ],
    },
  ];
}

/** What a sweep found, as a check tells it. */
export function pressureOutcome(report: PressureReport): CheckOutcome {
  const { findings, unlimited } = report;
  const breaks = findings.flatMap((finding) => finding.breaks);
  const bad = breaks.filter(({ ending }) => ending === 'unclean' || ending === 'silent').length;
  const peak: Measurement = {
    metric: 'memory.pressure.peak',
    value: unlimited.peakBytes,
    unit: 'bytes',
    samples: unlimited.runs,
    how: 'peak of the same work without a limit',
  };
  return {
    measurements: [
      ...(Number.isNaN(unlimited.peakBytes) ? [] : [peak]),
      ...findings.flatMap(measurementsOf),
      ...(breaks.length === 0
        ? []
        : [
            {
              metric: 'memory.pressure.uncleanEnds',
              value: bad,
              unit: 'count' as const,
              samples: breaks.length,
              how: 'ways to break, of those seen, that are silent, leave torn output or do not say that memory was the reason',
            },
          ]),
    ],
    notMeasured: report.notTried.map(({ kind, reason }) => ({ metric: `memory.pressure.${kind}.least`, reason })),
    series: rungSeries(findings),
    evidence: [],
    notes: pressureSentences(report),
  };
}

async function measurePressure(context: CheckContext, { command, kinds }: PressureCheckOptions): Promise<CheckOutcome> {
  const { clock, signal, workDir, budgetMs, scale } = context;
  const pipeline = command ? commandPipeline(command, context) : context.pipeline!;
  const small = { stocks: Math.min(scale.stocks, most.stocks), days: Math.min(scale.days, most.days) };
  const dataset = command ? undefined : await context.datasetAt!(small);
  const endMs = clock.nowMs() + budgetMs;
  try {
    const workload = pipelineWorkload(pipeline, { inputDir: dataset?.dir ?? workDir, workDir, clock });
    const report = await pressureSweep(workload, {
      signal,
      random: context.random('memory/pressure'),
      ...(kinds ? { kinds } : {}),
      onProgress: (message) => context.emit({ type: 'progress', message }),
      hasTimeForMs: (durationMs) => clock.nowMs() + durationMs < endMs,
    });
    return pressureOutcome(report);
  } finally {
    if (dataset) await rm(dataset.dir, { recursive: true, force: true });
  }
}

/**
 * The same work under lower and lower memory limits: where it slows, where it breaks, and whether it breaks cleanly. The
 * pipeline is taken at 300 stocks and 126 days at most.
 */
export function memoryPressure(options: PressureCheckOptions = {}): Check {
  return {
    id: 'memory/pressure',
    title: 'Work under a lowered memory limit: where it slows and where it breaks',
    metrics: ['memory.pressure.*'],
    needs: options.command ? [] : ['pipeline'],
    exclusive: ['cpu'],
    // It makes the target fail on purpose.
    endsTarget: true,
    expectedMs: () => 240_000,
    timeoutMs: () => 3_600_000,
    run: (context) => measurePressure(context, options),
  };
}
