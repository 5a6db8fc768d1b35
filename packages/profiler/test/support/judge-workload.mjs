// One workload in a process of its own: `node judge-workload.mjs clean|leaks NAME SEED [OPTIONS as JSON]`. Prints the report.
import { detectLeak, ownHeap } from '@preopen/profiler';
import { clean, generator, leaks } from './leak-workloads.mjs';

const [group, name, seed, options] = process.argv.slice(2);
const random = generator(Number(seed));
const workload = group === 'clean' ? clean[name](random) : leaks[name].make(random);
const { series, ...report } = await detectLeak(ownHeap(), workload, JSON.parse(options ?? '{}'));
process.stdout.write(`${JSON.stringify({ group, name, seed: Number(seed), ...report })}\n`);
