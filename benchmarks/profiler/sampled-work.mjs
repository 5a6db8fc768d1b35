// A process whose work is sampled and not sampled by turns: sampled-work.mjs SECONDS SEED MODE,MODE,… with modes `control`,
// `allocations:KIB` and `cpu:MICROSECONDS`. It prints how much more CPU time the sampled blocks of each round took, as logarithms of
// ratios. All threads count, V8's own sampling thread among them.
import { Session } from 'node:inspector';
import { createRandom } from '@preopen/core';
import { score } from './scoring.mjs';

const [seconds, seed] = process.argv.slice(2, 4).map(Number);
const modes = process.argv[4].split(',');
const random = createRandom(seed, 'sampled-work');
const session = new Session();
session.connect();
/** A session with its own thread answers before it returns. */
const post = (method, params) => session.post(method, params, (problem) => problem && process.exit(1));
post('Profiler.enable');

const begin = {
  control: () => {},
  allocations: (kib) => post('HeapProfiler.startSampling', { samplingInterval: kib * 1024 }),
  cpu: (microseconds) => {
    post('Profiler.setSamplingInterval', { interval: microseconds });
    post('Profiler.start');
  },
};
const end = {
  control: () => {},
  allocations: () => post('HeapProfiler.stopSampling'),
  cpu: () => post('Profiler.stop'),
};

const scores = (count) => {
  for (let k = 0; k < count; k++) score(1500);
};

function block(mode, isOn) {
  const [kind, interval] = isOn ? mode.split(':') : ['control'];
  globalThis.gc();
  begin[kind](Number(interval));
  scores(40);
  const began = process.cpuUsage();
  scores(200);
  const { user, system } = process.cpuUsage(began);
  end[kind]();
  return Math.log(user + system);
}

scores(3000);
const rounds = [];
const endMs = performance.now() + seconds * 1000;
while (performance.now() < endMs) {
  for (const mode of modes) {
    const turns = random.uniform() < 0.5 ? [false, true, true, false] : [true, false, false, true];
    const logs = turns.map((isOn) => ({ isOn, log: block(mode, isOn) }));
    const of = (isOn) => logs.filter((one) => one.isOn === isOn).reduce((sum, { log }) => sum + log / 2, 0);
    rounds.push({ mode, difference: of(true) - of(false) });
  }
}
process.stdout.write(JSON.stringify(rounds));
