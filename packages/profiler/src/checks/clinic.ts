import {
  type Check,
  type CheckContext,
  type CheckOutcome,
  InputError,
  type RunningService,
  type ServiceConfig,
  startService,
} from '@preopen/core';
import { type ClinicTool, runClinic } from '../clinic/run-clinic.ts';
import { listeningService } from './started-service.ts';

/** What Clinic.js is to run, and what is asked of it meanwhile. */
export interface ClinicCheckOptions {
  readonly tool: ClinicTool;
  readonly command: readonly [string, ...string[]];
  /** Where the command answers once it is up. Default: `GET /` on the first port it listens on; none for one that only computes. */
  readonly service?: ServiceConfig;
  /** Time under load. Default 10 000. */
  readonly durationMs?: number;
}

/** Requests that are under way at a time. */
const users = 4;

/** Asks a service as fast as it answers, with a few requests at a time. */
async function askFor(service: RunningService, context: CheckContext, durationMs: number): Promise<number> {
  const { clock, signal, scale, seed } = context;
  const request = service.codec.encode(service.batch(scale.stocks, seed), service.model);
  const endMs = clock.nowMs() + durationMs;
  let answered = 0;
  let failed = 0;
  await Promise.all(
    Array.from({ length: users }, async () => {
      while (clock.nowMs() < endMs) {
        signal.throwIfAborted();
        if ((await service.send(request, { signal })).outcome === 'ok') answered++;
        // A service that has ended fails at once: it is not asked a million times.
        else if (++failed > 100 && answered === 0) return;
      }
    }),
  );
  return answered;
}

async function measure(context: CheckContext, options: ClinicCheckOptions): Promise<CheckOutcome> {
  const { tool, command, service, durationMs = 10_000 } = options;
  const { workDir, signal, clock } = context;
  let asked: { readonly url: string; readonly answered: number } | undefined;
  const { html, notes } = await runClinic({
    tool,
    command,
    cwd: process.cwd(),
    workDir,
    signal,
    clock,
    onProgress: (message) => context.emit({ type: 'progress', message }),
    async load(loadSignal, pids) {
      const config = service ?? (await listeningService(pids, loadSignal));
      const running = await startService(
        { ...config, name: 'clinic' },
        { clock, signal: loadSignal, workDir, configDir: process.cwd() },
      );
      try {
        context.emit({ type: 'progress', message: `clinic ${tool} watches the command under load` });
        asked = { url: running.url.href, answered: await askFor(running, context, durationMs) };
      } finally {
        await running.stop();
      }
      if (asked.answered === 0)
        throw new InputError(`no request was answered with success at ${asked.url}: say where to ask with --url.`);
    },
  });
  return {
    measurements: asked
      ? [
          {
            metric: 'memory.clinic.requests',
            value: asked.answered,
            unit: 'count',
            samples: asked.answered,
            how: 'requests answered meanwhile',
          },
        ]
      : [],
    series: [],
    evidence: [await context.keep(`clinic-${tool}.html`, `Clinic.js ${tool}`, 'text/html', html)],
    notes: [
      ...notes,
      asked ? `it was under our load at ${asked.url}` : 'it listened on no port and was under no load of ours',
    ],
  };
}

/** A look with Clinic.js, which is an optional package: its page beside our results. No figure of it is judged. */
export function clinicPage(options: ClinicCheckOptions): Check {
  const { tool, durationMs = 10_000 } = options;
  return {
    id: 'memory/clinic',
    title: `Clinic.js ${tool} on ${options.command.join(' ')}`,
    metrics: ['memory.clinic.*'],
    needs: [],
    exclusive: ['cpu'],
    // Too long for the runner to repeat it because of noise.
    expectedMs: () => Math.max(61_000, durationMs * 2),
    timeoutMs: () => 1_800_000,
    run: (context) => measure(context, options),
  };
}
