import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { faultKinds, sweepJournals, wireTaiwanFaults } from '@preopen/failover';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const patienceMs = 8000;
/** In the environment of a tester and of all that it starts. */
const marker = 'FAILOVER_VERIFY_FOLDER';

/** Each kind of `preopen failover list` as it is written, network faults in both of their places, and those of the market. */
const written = (small, plain) => {
  const argument = {
    'cpu-quota': ':20%',
    'disk-full': `:${small}`,
    'read-only': `:${plain}`,
    clock: ':-60s',
    latency: ':100ms',
    bandwidth: ':1kB',
    'slow-close': ':100ms',
    slicer: ':10',
    'limit-data': ':2kB',
    corrupt: ':1kB',
    pause: ':60s',
    cpu: ':1',
  };
  const ofMarket = wireTaiwanFaults.map(({ id }) => id);
  const kinds = faultKinds.flatMap(({ name, isNetwork }) => {
    const after = argument[name] ?? '';
    const between = `${name}@features${after}`;
    return name === 'dns' ? [between] : isNetwork ? [`${name}${after}`, between] : [`${name}${after}`];
  });
  return [...kinds, ...ofMarket];
};

const processes = () =>
  new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          const isZombie = /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
          return isZombie ? [] : [[Number(pid), readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')]];
        } catch {
          return [];
        }
      }),
  );

function controlGroups(dir = '/sys/fs/cgroup', depth = 0) {
  if (depth > 5 || !existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const path = join(dir, name);
      return [...(name.startsWith('preopen-fault-') ? [path] : []), ...controlGroups(path, depth + 1)];
    });
}

const isOpen = (port) =>
  new Promise((resolve) => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.once('connect', () => resolve(true) ?? socket.destroy());
    socket.once('error', () => resolve(false));
  });

/** Whether a process was started, at whatever remove, by the tester of a folder: others may run experiments at the same time. */
function isOf(pid, folder) {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${marker}=${folder}\0`);
  } catch {
    return false;
  }
}

/** What a tester that was killed has left: processes, control groups, mounts, files, permissions, journals, a port in use. */
async function residues(before, { folder, journalDir, port, plain }) {
  const model = join(folder, 'model.txt');
  const left = [];
  for (const [pid, command] of processes())
    if (!before.pids.has(pid) && isOf(pid, folder)) left.push(`process ${pid} ${command.slice(0, 80)}`);
  left.push(...controlGroups().filter((path) => !before.groups.has(path)));
  if (readFileSync('/proc/self/mounts', 'utf8') !== before.mounts) left.push('mount');
  for (const name of readdirSync(folder, { recursive: true }).map(String))
    if (name.includes('preopen-fault-')) left.push(name);
  if (statSync(plain).mode !== before.mode) left.push('permissions');
  if (existsSync(journalDir) && readdirSync(journalDir).length > 0) left.push('journal');
  if (existsSync(model) && readFileSync(model, 'utf8') !== 'leaf_value=1 2\n') left.push('another model');
  if (await isOpen(port)) left.push(`port ${port}`);
  return left;
}

/** One tester, killed as soon as its fault is in effect: what it said last, what it left, and when that was gone. */
async function killedOnce(fault, { work, journalDir, upstream, plain, spawnDoomed }) {
  const before = {
    pids: processes(),
    groups: new Set(controlGroups()),
    mounts: readFileSync('/proc/self/mounts', 'utf8'),
    mode: statSync(plain).mode,
  };
  mkdirSync(work);
  const tester = spawnDoomed([here('doomed-experiment.mjs'), fault, work, journalDir, upstream], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, [marker]: work },
  });
  let port;
  const said = await new Promise((resolve) => {
    let text = '';
    tester.stdout.on('data', (chunk) => {
      text += chunk;
      for (const line of text.split('\n').slice(0, -1)) {
        const served = /^serves \d+ (\d+)$/.exec(line);
        if (served) [, port] = served;
        else resolve(line);
      }
    });
    tester.once('exit', () => resolve('ended before the fault was in effect'));
  });
  if (said === 'in effect') tester.kill('SIGKILL');
  else await new Promise((resolve) => (tester.exitCode === null ? tester.once('exit', resolve) : resolve()));
  const endedMs = performance.now();
  const look = () => residues(before, { folder: work, journalDir, port, plain });
  let left = await look();
  while (left.length > 0 && performance.now() - endedMs < patienceMs) {
    await wait(50);
    left = await look();
  }
  return { said, left, cleanMs: Math.round(performance.now() - endedMs) };
}

/**
 * Kills a tester (SIGKILL) that runs a whole experiment, once for each kind of fault that there is, and looks at what it leaves.
 * @param folder for everything
 * @param small a folder that is a small file system of its own, if one could be made
 * @param spawnDoomed starts a Node program that ends with this one, however that ends
 */
export async function killedExperiments({ folder, small, say, spawnDoomed }) {
  const plain = join(folder, 'plain');
  mkdirSync(plain, { recursive: true });
  chmodSync(plain, 0o755);
  const journalDir = join(folder, 'undo');
  const store = spawn(process.execPath, [here('../mutants/feature-store.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const port = await new Promise((resolve) => store.stdout.once('data', (chunk) => resolve(Number(String(chunk)))));
  const upstream = `http://127.0.0.1:${port}`;
  const rows = [];
  try {
    for (const fault of written(small, plain)) {
      let found;
      // Begun anew where the machine was too busy for any steady state.
      for (
        let attempt = 0;
        attempt < 3 && !found?.left.length && (attempt === 0 || found.said.startsWith('no steady state'));
        attempt++
      ) {
        const work = join(folder, `work-${rows.length}-${attempt}`);
        found = await killedOnce(fault, { work, journalDir, upstream, plain, spawnDoomed });
      }
      rows.push({ fault: fault.replace(plain, 'FOLDER').replace(small, 'FOLDER'), ...found });
      say(`  ${JSON.stringify(rows.at(-1))}`);
      if (found.left.length > 0) await sweepJournals(journalDir);
    }
  } finally {
    store.stdin.end();
  }
  return rows;
}
