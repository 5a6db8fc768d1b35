import type { DatasetSource } from '../../src/dataset.ts';
import type { TargetOpener } from '../../src/internal/run-environment.ts';
import type { RunningService } from '../../src/target.ts';

/** A service that answers nothing; enough for checks that never send. */
export interface FakeService extends RunningService {
  stopped: number;
}

export function aService(change: { dies?: boolean } = {}): FakeService {
  const exit = { code: null, signal: 'SIGKILL' as const, atMs: 0 };
  const service: FakeService = {
    stopped: 0,
    name: 'mine',
    url: new URL('http://127.0.0.1:1'),
    model: 'm',
    codec: {
      name: 'none',
      encode: () => ({ method: 'POST', path: '/', headers: {}, body: null, predictions: 0 }),
      decode: () => new Float64Array(),
    },
    metadata: { name: 'm', features: 1, inputName: 'x', datatype: 'FP64' },
    startMs: 1,
    batch: (rows) => ({ rows, features: 1, values: new Float64Array(rows) }),
    send: async () => ({ outcome: 'connect', sentMs: 0, firstByteMs: Number.NaN, doneMs: 0, status: 0 }),
    async stop() {
      service.stopped++;
    },
    ...(change.dies
      ? {
          process: {
            pid: 1,
            pids: () => [],
            exited: Promise.resolve(exit),
            exit: () => exit,
            lastWords: () => ['Killed'],
            logPath: '/nonexistent',
            kill: () => undefined,
            stop: async () => undefined,
          },
        }
      : {}),
  };
  return service;
}

export function openerOf(service: RunningService | Error): TargetOpener & { started: number } {
  const opener = {
    started: 0,
    async startService() {
      opener.started++;
      if (service instanceof Error) throw service;
      return service;
    },
    openPipeline() {
      throw new Error('no pipeline in this test');
    },
  };
  return opener;
}

export const aDataset =
  (onMade: () => void): DatasetSource =>
  async ({ dir, stocks, days }) => {
    onMade();
    return { source: 'simulated', dir, stocks, days, digest: `sha256:${'1'.repeat(64)}`, origin: 'test' };
  };
