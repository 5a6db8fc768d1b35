// Other load generators on this machine: where they are, and what they say. A tool that is missing is skipped with a word.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** How to get each of them; folders with tools are given as PREOPEN_PEERS, separated as in PATH. */
export const howToGet = {
  autocannon: 'npm install --prefix DIR autocannon@9.0.0; PREOPEN_PEERS=DIR/node_modules/.bin',
  wrk: 'apt-get install wrk',
  vegeta: 'GOBIN=DIR go install github.com/tsenart/vegeta/v12@latest; PREOPEN_PEERS=DIR',
  k6: 'GOBIN=DIR go install go.k6.io/k6@latest; PREOPEN_PEERS=DIR',
  artillery: 'npm install --ignore-scripts --prefix DIR artillery@2.0.34; PREOPEN_PEERS=DIR/node_modules/.bin',
  locust: 'python3 -m venv DIR; DIR/bin/pip install locust; PREOPEN_PEERS=DIR/bin',
};

/** Path of a tool; undefined if it is not there. */
export function find(tool) {
  const folders = `${process.env.PREOPEN_PEERS ?? ''}:${process.env.PATH ?? ''}`.split(':').filter(Boolean);
  return folders.map((folder) => join(folder, tool)).find((path) => existsSync(path));
}

/** Runs a command line in a shell and gives its output with the CPU time that it took. */
export function run(commandLine, { input } = {}) {
  // A tool that does not end by itself is a tool without a figure.
  const child = spawnSync(
    'timeout',
    ['-k', '5', '100', 'bash', '-c', `TIMEFORMAT='cpu %U %S'; time { ${commandLine}; }`],
    {
      encoding: 'utf8',
      input,
      maxBuffer: 1 << 26,
    },
  );
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)\s*$/.exec(child.stderr) ?? [];
  return {
    stdout: child.stdout,
    stderr: child.stderr,
    status: child.status,
    cpuSeconds: Number(user) + Number(system),
  };
}

/** Starts a server script that prints its port in its first line. */
export function startServer(path, ...args) {
  const child = spawn(process.execPath, [path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.stdout.once('data', (line) => {
      resolve({
        url: `http://127.0.0.1:${Number(String(line))}/`,
        stop: () =>
          new Promise((done) => {
            let told = '';
            child.stdout.on('data', (text) => {
              told += text;
            });
            child.once('close', () => done(told));
            child.stdin.end();
          }),
      });
    });
  });
}

/** Milliseconds of a duration such as `1.2s`, `300ms`, `15.3us` or `4µs`. */
export function durationMs(text) {
  const [, value, unit] = /^([\d.]+)\s*(ns|us|µs|ms|s|m)$/.exec(text.trim()) ?? [];
  return Number(value) * { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000 }[unit];
}
