import { type Clock, type EncodedRequest, quantile, type RunningService, sortedCopy } from '@preopen/core';
import { startProbeServer } from '../node/probe-server.ts';
import { withNodeFlags } from '../pressure/limit.ts';
import { watchMemory } from '../timeline.ts';
import type { GcRun } from './gc-experiment.ts';
import type { GcSetting } from './setting.ts';

/** How a service is asked under each setting. */
export interface ServiceWork {
  readonly request: EncodedRequest;
  /** Requests before the measured ones: code is compiled. */
  readonly warmUpRequests: number;
  readonly requests: number;
  readonly clock: Clock;
}

/** A service under requests one after the other, as work for an experiment; it is started anew for each. */
export function serviceWork(
  service: RunningService,
  { request, warmUpRequests, requests, clock }: ServiceWork,
): (setting: GcSetting, signal: AbortSignal) => Promise<GcRun> {
  return async ({ flags }, signal) => {
    const probes = await startProbeServer();
    let watch: ReturnType<typeof watchMemory> | undefined;
    try {
      const started = await service.restart!(signal, (before) =>
        probes.environment({ ...before, ...withNodeFlags(flags)(before) }),
      );
      watch = watchMemory({ pids: () => started.process!.pids(), clock });
      const send = async (): Promise<string | undefined> => {
        const { outcome, problem } = await started.send(request, { signal });
        signal.throwIfAborted();
        if (outcome === 'ok') return undefined;
        const said = started.process!.exit() ? started.process!.lastWords(2).join(' ⏎ ') : problem;
        return `a request failed: ${outcome}${said ? `, ${said}` : ''}`;
      };
      for (let i = 0; i < warmUpRequests; i++) {
        const problem = await send();
        if (problem !== undefined) return { outcome: 'broke', reason: problem };
      }
      const nodes = probes.processes();
      if (nodes.length === 0)
        return { outcome: 'broke', reason: 'the service is no Node process: there is no V8 to set' };
      await Promise.all(nodes.map((node) => node.startGcEvents()));
      const tookMs = new Float64Array(requests);
      const startMs = clock.nowMs();
      for (let i = 0; i < requests; i++) {
        const sentMs = clock.nowMs();
        const problem = await send();
        if (problem !== undefined) return { outcome: 'broke', reason: problem };
        tookMs[i] = clock.nowMs() - sentMs;
      }
      const durationMs = clock.nowMs() - startMs;
      const events = await Promise.all(nodes.map((node) => node.gcEvents()));
      const pausedMs = events.flatMap(({ pauseMs }) => pauseMs).reduce((sum, ms) => sum + ms, 0);
      const { peak } = watch.stop();
      watch = undefined;
      return {
        outcome: 'done',
        figures: {
          workMs: durationMs / requests,
          p95Ms: quantile(sortedCopy(tookMs), 0.95),
          gcShare: pausedMs / durationMs,
          peakBytes: peak?.bytes ?? Number.NaN,
        },
      };
    } finally {
      watch?.stop();
      await probes.close();
    }
  };
}
