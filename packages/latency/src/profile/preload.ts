import { type Profiler, Session } from 'node:inspector';
import { connect } from 'node:net';
import { monitorEventLoopDelay, PerformanceObserver, performance } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';
import { type Command, type LoopRecording, monotonicMs, type ProfileRecording, socketVariable } from './recording.ts';

// Loaded by `--require` into Node services that are to be profiled, before their own code. It does nothing but wait on a
// socket, and does not keep the process alive; without the variable it does nothing at all.

/** Fine enough for a pause of milliseconds; a finer timer would itself be a load. */
const delayResolutionMs = 2;
/** Finer than a short request. */
const samplingIntervalMicroseconds = 250;

function watchLoop(): () => Promise<LoopRecording> {
  const gc = { count: 0, pauseMs: 0, longestMs: 0 };
  const count = (entries: readonly { duration: number }[]): void => {
    for (const { duration } of entries) {
      gc.count++;
      gc.pauseMs += duration;
      gc.longestMs = Math.max(gc.longestMs, duration);
    }
  };
  const observer = new PerformanceObserver((list) => count(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  const delay = monitorEventLoopDelay({ resolution: delayResolutionMs });
  delay.enable();
  const before = performance.eventLoopUtilization();
  const lateMs = (intervalNs: number): number => Math.max(0, intervalNs / 1e6 - delayResolutionMs);
  return async () => {
    const { active, idle } = performance.eventLoopUtilization(before);
    delay.disable();
    count(observer.takeRecords());
    observer.disconnect();
    return {
      pid: process.pid,
      activeMs: active,
      idleMs: idle,
      delayP99Ms: lateMs(delay.percentile(99)),
      delayMaxMs: lateMs(delay.max),
      gc,
    };
  };
}

async function profileCpu(): Promise<() => Promise<ProfileRecording>> {
  const session = new Session();
  session.connect();
  const post = <T>(method: string, params?: object): Promise<T> =>
    new Promise((resolve, reject) => {
      session.post(method, params, (problem, result) => (problem ? reject(problem) : resolve(result as T)));
    });
  await post('Profiler.enable');
  await post('Profiler.setSamplingInterval', { interval: samplingIntervalMicroseconds });
  const toldMs = monotonicMs();
  await post('Profiler.start');
  const startMs = monotonicMs();
  return async () => {
    const endMs = monotonicMs();
    const { profile } = await post<{ profile: Profiler.Profile }>('Profiler.stop');
    session.disconnect();
    return { pid: process.pid, toldMs, startMs, endMs, profile };
  };
}

const path = process.env[socketVariable];
if (path !== undefined && isMainThread) {
  const socket = connect(path);
  socket.unref();
  // Preopen has ended, or was never there: the process goes on alone.
  socket.on('error', () => socket.destroy());
  let stop: (() => Promise<object>) | undefined;
  const obey = async (command: Command): Promise<object> => {
    if (command === 'stop') {
      if (!stop) throw new Error('nothing is being recorded');
      return stop();
    }
    stop = command === 'profile' ? await profileCpu() : watchLoop();
    return {};
  };
  socket.setEncoding('utf8');
  socket.on('data', (line: string) => {
    void obey(line.trim() as Command)
      .catch((cause: unknown) => ({ problem: cause instanceof Error ? cause.message : String(cause) }))
      .then((answer) => socket.write(`${JSON.stringify(answer)}\n`));
  });
}
