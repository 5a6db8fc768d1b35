import type { Check } from '@preopen/core';
import { hdrText, hgrm } from '@preopen/latency';
import type { LoadScenario } from './load-result.ts';
import { runLoad } from './run-load.ts';

/** A check of one's own: one run of open-loop load, as for `preopen load` or a part of a config's suite. */
export function loadRun(
  scenario: Omit<LoadScenario, 'seed'> & { readonly durationMs: number },
  { id = 'load/run', title = 'Open-loop load' }: { readonly id?: string; readonly title?: string } = {},
): Check {
  return {
    id,
    title,
    metrics: [
      'latency.response.*',
      'latency.service.*',
      'throughput.requests',
      'throughput.predictions',
      'errors.rate',
      ...(scenario.windows ?? []).map(({ name }) => `latency.${name}.*`),
    ],
    needs: ['service'],
    exclusive: ['cpu'],
    expectedMs: () => scenario.durationMs + 1000,
    timeoutMs: () => scenario.durationMs * 1.5 + (scenario.timeoutMs ?? 5000) + 30_000,
    async run(context) {
      const result = await runLoad(context.service!, { ...scenario, seed: context.seed }, context);
      const response = result.recorder.durationsMs('response', { failedMs: scenario.timeoutMs ?? 5000 });
      const { measurements, notMeasured, series, notes } = result;
      const evidence =
        response.length === 0
          ? []
          : [
              await context.keep(
                'response.hgrm',
                'Response times, HdrHistogram percentile form',
                'text/plain',
                hgrm(response),
              ),
              await context.keep(
                'response.hdr.txt',
                'Response times in microseconds, HdrHistogram V2 compressed',
                'text/plain',
                await hdrText(response),
              ),
            ];
      return { measurements, notMeasured, series, evidence, notes };
    },
  };
}
