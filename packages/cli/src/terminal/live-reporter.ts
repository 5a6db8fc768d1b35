import { stripVTControlCharacters } from 'node:util';
import type { CheckResult, JudgedRequirement, Requirement, RunEvent, Verdict } from '@preopen/core';
import { judgeMeasurement } from '@preopen/core';
import { formatLimit, formatMeasurement } from '@preopen/report';
import { formatClock } from './duration.ts';
import type { Style } from './style.ts';
import { paragraph } from './table.ts';
import { cutTo, widthOf } from './width.ts';

/** Draws a run while it goes on. `tick` is called now and then, for clocks and heartbeats. */
export interface LiveReporter {
  onEvent(event: RunEvent): void;
  tick(): void;
  /** Clears whatever is drawn for the moment. */
  end(): void;
}

interface RunningCheck {
  readonly title: string;
  readonly expectedMs: number;
  readonly startMs: number;
  message: string;
  fraction: number | undefined;
  announced: boolean;
}

/** What a check took, and what it was expected to take. */
interface EndedCheck {
  readonly expectedMs: number;
  readonly tookMs: number;
}

interface Options {
  readonly write: (text: string) => void;
  readonly style: Style;
  readonly nowMs: () => number;
  readonly requirements: readonly Requirement[];
  /** Draw over the last lines again and again, as on a terminal; otherwise plain lines only. */
  readonly redraw: boolean;
  /** Say where the results will be. Default true. */
  readonly tellsFolder?: boolean;
}

/** A running check is told of in plain lines only once it has lasted so long. */
const announceAfterMs = 10_000;
const heartbeatMs = 60_000;
const framesApartMs = 100;
/** A run that will last so many times what was announced is announced anew. */
const muchLonger = 1.5;

/** What to say of a finished check in one line: the worst of what it was judged by, or its first measurement. */
function finding(
  result: CheckResult,
  requirements: readonly Requirement[],
): { verdict: Verdict | undefined; text: string } {
  if (result.status !== 'completed')
    return { verdict: 'not-measured', text: result.reason?.split('\n')[0] ?? result.status };
  const contaminated = result.noise?.contaminated ? result.noise.reason : undefined;
  const of = (metric: string): Requirement[] => requirements.filter((requirement) => requirement.metric === metric);
  const measured = new Set(result.measurements.map(({ metric }) => metric));
  const judged: JudgedRequirement[] = [
    ...result.measurements.flatMap((measurement) =>
      of(measurement.metric).map((requirement) => judgeMeasurement(requirement, measurement, contaminated)),
    ),
    // What passed beside it must not stand for what was not measured.
    ...result.notMeasured
      .filter(({ metric }) => !measured.has(metric))
      .flatMap(({ metric, reason }) =>
        of(metric).map((requirement) => ({ ...requirement, verdict: 'not-measured' as const, reason })),
      ),
  ];
  const order: Verdict[] = ['fail', 'inconclusive', 'not-measured', 'pass'];
  const shown = judged.sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict))[0];
  const refused = result.notMeasured[0];
  if (shown) {
    const text =
      'measured' in shown
        ? `${shown.metric} ${formatMeasurement(shown.measured)}, required ${formatLimit(shown)}`
        : `${shown.metric}: ${shown.reason}`;
    return { verdict: shown.verdict, text: shown.verdict === 'inconclusive' ? `${text}: ${shown.reason}` : text };
  }
  if (refused) return { verdict: 'not-measured', text: `${refused.metric}: ${refused.reason}` };
  const first = result.measurements[0];
  return { verdict: undefined, text: first ? `${first.metric} ${formatMeasurement(first)}` : 'nothing to measure' };
}

/**
 * How many times as long as expected checks take: half of the time that was expected of those that have ended was stretched by
 * less. A single one that was far off says of the others nothing.
 */
function slownessOf(ended: readonly EndedCheck[]): number {
  const stretched = ended
    .filter(({ expectedMs }) => expectedMs > 0)
    .map(({ expectedMs, tookMs }) => ({ expectedMs, times: tookMs / expectedMs }))
    .sort((a, b) => a.times - b.times);
  const half = stretched.reduce((sum, check) => sum + check.expectedMs, 0) / 2;
  let soFarMs = 0;
  for (const [i, { times, expectedMs }] of stretched.entries()) {
    soFarMs += expectedMs;
    if (soFarMs === half) return Math.max(1, (times + stretched[i + 1]!.times) / 2);
    if (soFarMs > half) return Math.max(1, times);
  }
  return 1;
}

/** The live view of a run, on a terminal or as plain lines. */
export function createLiveReporter({
  write,
  style,
  nowMs,
  requirements,
  redraw,
  tellsFolder = true,
}: Options): LiveReporter {
  const { colors, sign } = style;
  const running = new Map<string, RunningCheck>();
  let planned: { id: string; expectedMs: number }[] = [];
  let startMs = nowMs();
  let announcedMs = Number.POSITIVE_INFINITY;
  let ended: EndedCheck[] = [];
  let lastFrameMs = Number.NEGATIVE_INFINITY;
  let lastSpokeMs = nowMs();
  let drawnLines = 0;
  let preparing: string | undefined;
  let idWidth = 16;

  const erase = (): void => {
    if (drawnLines > 0) write(`\x1b[${drawnLines}A\x1b[0J`);
    drawnLines = 0;
  };
  const say = (line: string): void => {
    erase();
    lastSpokeMs = nowMs();
    write(`${line}\n`);
  };
  const cut = (line: string): string => cutTo(line, style.columns - 1);

  /** What a check found, in the width of the terminal: a reason may be a whole sentence, and its end says what to do. */
  const endedLine = (mark: string, { check, result }: Extract<RunEvent, { type: 'check-ended' }>, text: string) => {
    const clock = formatClock(result.durationMs);
    const id = check.padEnd(idWidth);
    const lines = paragraph(`${text}  ${clock}`, style.columns, {
      head: `${mark} ${id}  `,
      // Signs may be words, and marks have colours.
      headWidth: widthOf(stripVTControlCharacters(mark)) + 1 + widthOf(id) + 2,
    });
    const whole = lines.join('\n');
    return whole.slice(0, whole.length - clock.length) + colors.dim(clock);
  };

  const remainingMs = (): number => {
    // A target that was slower than expected so far is taken to be so with the rest.
    const slowness = slownessOf(ended);
    const waiting = planned.filter(({ id }) => !running.has(id)).reduce((sum, check) => sum + check.expectedMs, 0);
    const current = [...running.values()].map((check) => {
      const elapsedMs = nowMs() - check.startMs;
      const byFraction = check.fraction && check.fraction > 0.05 ? elapsedMs / check.fraction - elapsedMs : undefined;
      return Math.max(1000, byFraction ?? check.expectedMs * slowness - elapsedMs);
    });
    return waiting * slowness + Math.max(0, ...current);
  };

  /** Takes in what a check took; what was announced at the start is corrected where it will not do. */
  const revise = (wasExpectedMs: number | undefined, { status, durationMs }: CheckResult): void => {
    if (status !== 'completed' || wasExpectedMs === undefined) return;
    ended.push({ expectedMs: wasExpectedMs, tookMs: durationMs });
    const inAllMs = nowMs() - startMs + remainingMs();
    if (planned.length === 0 || inAllMs <= muchLonger * announcedMs) return;
    announcedMs = inAllMs;
    say(colors.dim(`  this takes longer than expected: about ${formatClock(inAllMs)} in all`));
  };

  const draw = (force = false): void => {
    if (!redraw || (!force && nowMs() - lastFrameMs < framesApartMs)) return;
    lastFrameMs = nowMs();
    const lines = [...running].map(([id, check]) => {
      const part = check.fraction === undefined ? '' : ` ${Math.round(check.fraction * 100)} %`;
      return cut(
        `  ${sign.running} ${id.padEnd(idWidth)}  ${formatClock(nowMs() - check.startMs)}${part}  ${check.message}`,
      );
    });
    if (preparing) lines.unshift(cut(`  ${sign.running} ${preparing}`));
    const waiting = planned.filter(({ id }) => !running.has(id)).length;
    if (running.size > 0 || preparing) {
      lines.push(
        cut(
          `  ${sign.waiting} ${waiting} more · ${formatClock(nowMs() - startMs)} gone, about ${formatClock(remainingMs())} to go`,
        ),
      );
    }
    erase();
    if (lines.length === 0) return;
    write(`${lines.map((line) => colors.dim(line)).join('\n')}\n`);
    drawnLines = lines.length;
  };

  const onEvent = (event: RunEvent): void => {
    switch (event.type) {
      case 'run-started': {
        startMs = nowMs();
        planned = event.checks.map(({ id, expectedMs }) => ({ id, expectedMs }));
        idWidth = Math.max(16, ...planned.map(({ id }) => id.length));
        const { suite, scale, seed, tool } = event.run;
        announcedMs = planned.reduce((sum, check) => sum + check.expectedMs, 0);
        ended = [];
        say(
          colors.bold(
            [
              `${tool.name} ${tool.version}`,
              suite,
              event.target.name,
              ...(scale.days > 0 ? [`${scale.stocks.toLocaleString('en-US')} stocks × ${scale.days} days`] : []),
              `seed ${seed}`,
            ].join(' · '),
          ),
        );
        say(
          colors.dim(
            `  ${planned.length} ${planned.length === 1 ? 'check' : 'checks'}, about ${formatClock(announcedMs)}, more if the target is slow${tellsFolder ? ` · ${event.outputDir}` : ''}`,
          ),
        );
        break;
      }
      case 'dataset-preparing':
        preparing = `market data: ${event.stocks.toLocaleString('en-US')} stocks × ${event.days} days`;
        break;
      case 'dataset-ready':
        preparing = undefined;
        say(
          colors.dim(
            `  ${sign.waiting} market data ready: ${event.dataset.stocks.toLocaleString('en-US')} stocks × ${event.dataset.days} days, ${event.dataset.source} (${formatClock(event.durationMs)})`,
          ),
        );
        break;
      case 'check-started':
        if (event.attempt > 1)
          say(
            colors.yellow(
              `  ${sign.inconclusive} ${event.check}: other work on the machine disturbed it; measuring once more`,
            ),
          );
        running.set(event.check, {
          title: event.title,
          expectedMs: event.expectedMs,
          startMs: nowMs(),
          message: event.title,
          fraction: undefined,
          announced: false,
        });
        break;
      case 'progress': {
        const check = running.get(event.check);
        if (check) {
          check.message = event.message;
          check.fraction = event.fraction;
        }
        break;
      }
      case 'log':
        if (event.level === 'warn' || event.level === 'error') say(colors.yellow(`  ${event.check}: ${event.message}`));
        break;
      case 'target-failed':
        say(
          colors.red(
            `  ${sign.fail} the target could not be started (${event.check})\n${event.message.replace(/^/gm, '    ')}`,
          ),
        );
        break;
      case 'target-died':
        say(colors.red(`  ${sign.fail} ${event.message}`));
        break;
      case 'save-failed':
        say(colors.red(`  ${sign.fail} ${event.message}`));
        break;
      case 'check-ended': {
        running.delete(event.check);
        const wasExpectedMs = planned.find(({ id }) => id === event.check)?.expectedMs;
        planned = planned.filter(({ id }) => id !== event.check);
        const { verdict, text } = finding(event.result, requirements);
        const paint =
          verdict === undefined
            ? colors.dim
            : { pass: colors.green, fail: colors.red, inconclusive: colors.yellow, 'not-measured': colors.dim }[
                verdict
              ];
        const mark =
          event.result.status === 'failed'
            ? colors.red(sign.fail)
            : paint(verdict === undefined ? sign.waiting : sign[verdict]);
        say(endedLine(mark, event, text));
        revise(wasExpectedMs, event.result);
        break;
      }
      case 'sample':
      case 'run-ended':
        break;
    }
    draw(event.type === 'check-ended');
  };

  return {
    onEvent,
    tick() {
      if (redraw) {
        draw();
        return;
      }
      for (const [id, check] of running) {
        if (!check.announced && nowMs() - check.startMs >= announceAfterMs) {
          check.announced = true;
          say(`  ${sign.running} ${id.padEnd(idWidth)}  ${check.message}`);
        }
      }
      if (running.size > 0 && nowMs() - lastSpokeMs >= heartbeatMs) {
        const names = [...running].map(([id, check]) => `${id} (${check.message})`).join(', ');
        say(
          `  ${sign.running} ${formatClock(nowMs() - startMs)} gone, about ${formatClock(remainingMs())} to go: ${names}`,
        );
      }
    },
    end: erase,
  };
}
