import { join } from 'node:path';
import { waitUntil } from '@preopen/latency';
import { type Availability, available, type Fault, type FaultSite, needs } from '../fault.ts';
import { needsProcesses } from '../process-faults.ts';
import { nodePrograms, pythonPrograms, runsProgram } from '../service-language.ts';
import { faultFilePrefix } from '../undo/record.ts';
import { type ClockWay, clockOffsetMs, faketimeClock, makeClockFile, nodeClock, pythonClockWay } from './clock-way.ts';
import { faketimeLibrary } from './faketime.ts';

/** Servers write the `Date` header once a second, and it is cut to the second. */
const patienceMs = 2100;

/** How the clock of a service can be set here; `undefined` where that needs faketime, and there is none. */
function wayFor(site: FaultSite): ClockWay | undefined {
  if (runsProgram(site, nodePrograms)) return nodeClock;
  if (runsProgram(site, pythonPrograms)) return pythonClockWay;
  return faketimeLibrary() === undefined ? undefined : faketimeClock;
}

/**
 * Sets the wall clock of the service forward or back for a time, as a bad time server does; its monotonic clock goes on. The
 * service is started again beforehand: on Node and Python with a module that shifts their own clocks (`Date`; `time` and
 * `datetime`), in any other language with faketime’s library, where that is installed.
 * @param offsetMs for faketime at least 3 s either way: what is smaller cannot be seen from outside, and a fault that cannot be
 * verified is none
 */
export function skewClock(durationMs: number, offsetMs: number): Fault {
  const prepared = new WeakMap<FaultSite, { readonly way: ClockWay; readonly file: string }>();
  return {
    id: 'clock',
    title: `wall clock ${Math.abs(offsetMs) / 1000} s ${offsetMs < 0 ? 'slow' : 'fast'} for ${durationMs} ms`,
    touches: 'processes',
    reaches: 'target',
    isOfClock: true,
    durationMs,
    async probe(site): Promise<Availability> {
      const reachable = needsProcesses(site);
      if (!reachable.isAvailable) return reachable;
      if (!site.service.restart) return needs('a service that Preopen starts itself');
      const way = wayFor(site);
      if (!way) return needs('a service on Node or Python, or faketime (Debian: apt-get install faketime)');
      if (Math.abs(offsetMs) < way.leastMs)
        return needs(`an offset of at least ${way.leastMs / 1000} s, which can be seen from outside`);
      if (way !== faketimeClock) return available;
      return (await clockOffsetMs(site.service)) === undefined
        ? needs('a service that sends the Date header: nothing else tells its clock')
        : available;
    },
    async prepare(site) {
      const way = wayFor(site)!;
      const folder = join(site.workDir, `${faultFilePrefix}clock`);
      site.journal.before({ kind: 'remove', path: folder });
      const file = makeClockFile(way, folder);
      const service = await site.startAgain(way.environment(file));
      if (!way.isLoaded(site, file))
        throw new Error(
          'the service does not load what NODE_OPTIONS or PYTHONPATH names: its clock cannot be set (python -I and -E, and programs that clear their environment, do not)',
        );
      prepared.set(site, { way, file });
      return { service, release: async () => undefined };
    },
    async inject(site) {
      const { way, file } = prepared.get(site)!;
      way.write(file, offsetMs);
      const endMs = site.clock.nowMs() + patienceMs;
      while (!(await way.isFollowed(site, file, offsetMs))) {
        if (site.clock.nowMs() > endMs) throw new Error('the clock of the service did not follow');
        await waitUntil(site.clock.nowMs() + 10, site.clock, site.signal);
      }
      // The tester that dies takes the service along: nothing of this outlives it but the folder, which is in the journal.
      return async () => way.write(file, 0);
    },
  };
}
