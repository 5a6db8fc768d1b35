import type { RunningService } from '@preopen/core';
import { describe, expect, it } from 'vitest';
import { defineExperiment } from '../src/experiment.ts';
import { networkFault } from '../src/network-faults.ts';
import { pauseProcess } from '../src/process-faults.ts';
import { contendCpu } from '../src/resource-faults.ts';
import { whyNoTwin } from '../src/twin-run.ts';

/** A service that we started, as far as a twin asks: this process stands for its own. */
const started = {
  name: 'alpha',
  process: { pids: () => [process.pid] },
  startBeside: () => Promise.reject(new Error('not in this test')),
} as unknown as RunningService;
const roomy = { cores: 4, availableBytes: 64e9 };
const freeze = { fault: pauseProcess(500) };

const why = (
  input: Parameters<typeof defineExperiment>[0],
  service: Partial<RunningService> = {},
  machine = roomy,
  external = undefined as Parameters<typeof whyNoTwin>[2],
): string | undefined =>
  whyNoTwin(defineExperiment(input), { ...started, ...service } as RunningService, external, machine);

describe('a twin', () => {
  it('runs beside a service that we started, where the fault stays with that', () => {
    expect(why(freeze)).toBeUndefined();
    expect(why({ fault: networkFault({ type: 'down' }, { durationMs: 100 }) })).toBeUndefined();
  });
  it('does not where it shares what the fault breaks', () => {
    expect(why({ fault: contendCpu(1000) })).toContain('can reach a second instance');
    expect(why(freeze, { upstreams: { features: { env: 'URL', url: 'http://127.0.0.1:1' } } })).toContain('features');
    expect(why({ ...freeze, workload: { acknowledgements: '/tmp/journal' } })).toContain('same journal');
  });
  it('does not where a second instance cannot be started, and says why', () => {
    const { process: _process, ...known } = started;
    expect(whyNoTwin(defineExperiment(freeze), known as RunningService, undefined, roomy)).toContain('address alone');
    expect(why(freeze, {}, roomy, { pid: 1, startTicks: '1' })).toContain('pid alone');
    const { startBeside: _beside, ...fixed } = started;
    expect(whyNoTwin(defineExperiment(freeze), fixed as RunningService, undefined, roomy)).toContain('{port}');
    expect(why({ ...freeze, control: 'none' })).toContain('asks for none');
  });
  it('does not where the machine has no room for it', () => {
    expect(why(freeze, {}, { ...roomy, cores: 1 })).toContain('second processor');
    expect(why(freeze, {}, { ...roomy, availableBytes: 1e6 })).toMatch(/needs \d+ MB of free memory.*there are 1 MB/);
  });
});
