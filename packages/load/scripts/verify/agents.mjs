// V10 on real sockets: four agents as programs of their own, one with a clock that is wrong, and a Redis.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@preopen/core';
import { runLoadOnAgents } from '@preopen/load';

const self = fileURLToPath(import.meta.url);
const offBy = [0, 250, 0, 0];

/** A port that is free now. */
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

async function start(children, command, args, until) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}`)));
    child.stdout.on('data', (text) => until.test(String(text)) && resolve());
  });
  return child;
}
const ended = (child) =>
  child.exitCode === null && child.signalCode === null
    ? new Promise((resolve) => child.once('exit', resolve))
    : Promise.resolve();

export const agentsExperiment = {
  id: 'V10',
  title: 'agents: four send one schedule, one by a clock 250 ms off; a killed one is noticed',
  run: ({ withService, few: _few, context }) =>
    spawnSync('redis-server', ['--version']).status !== 0
      ? { figures: 'redis-server is not installed (apt-get install redis-server)' }
      : withService('arrivals', async (service, folder, { alsoOurs }) => {
          const children = [];
          try {
            const port = await freePort();
            const redis = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
            await start(children, 'redis-server', redis, /Ready to accept connections/);
            const redisUrl = `redis://127.0.0.1:${port}`;
            for (const [i, offMs] of offBy.entries())
              await start(children, process.execPath, [self, redisUrl, `agent-${i}`, String(offMs)], /is ready/);
            alsoOurs.push(...children.map(({ pid }) => pid));
            const scenario = {
              arrivals: { kind: 'constant', ratePerSecond: 400 },
              batch: 1,
              durationMs: 6000,
              limitMs: 1000,
              seed: 1,
            };
            const run = (killMs) => {
              if (killMs) setTimeout(() => children.at(-1).kill('SIGKILL'), killMs);
              return runLoadOnAgents(service, scenario, { ...context, redisUrl, agents: offBy.length });
            };
            const whole = await run();
            // The first request of each agent: how far apart they began.
            const lags = [...whole.recorder.durationsMs('lag', { failedMs: 0, to: offBy.length })];
            const skewMs = Math.max(...lags) - Math.min(...lags);
            const clocks = whole.agents.map(({ clockOffsetMs }) => clockOffsetMs);
            const usual = (clocks[0] + clocks[2] + clocks[3]) / 3;
            // 2 s until they begin, and half of the six.
            const broken = await run(5000);
            await service.stop();
            const asked = JSON.parse(readFileSync(join(folder, 'arrivals.json'), 'utf8')).length;
            const kept = broken.agents.filter(({ outcome }) => outcome === 'done').length;
            return {
              pass:
                whole.ledger.ok === 2400 &&
                whole.ledger.scheduled === 2400 &&
                // The killed agent's requests reached the service too, and are in nobody's figures.
                asked >= 2400 + broken.ledger.ok &&
                asked <= 4800 &&
                Math.abs(clocks[1] - usual - 250) <= 1 &&
                skewMs < 2 &&
                kept === 3 &&
                broken.state === 'partial' &&
                broken.measurements.length === 0,
              figures: `${whole.ledger.ok} of 2400 requests in the records, clock found ${(clocks[1] - usual).toFixed(2)} ms off (planted 250), start skew ${skewMs.toFixed(2)} ms; with one killed: ${broken.state}, ${broken.measurements.length} measurements, ${broken.ledger.ok} of the ${asked - 2400} that came are in records`,
            };
          } finally {
            for (const child of children.reverse()) {
              child.kill('SIGTERM');
              await ended(child);
            }
          }
        }),
};

// As a program: node agents.mjs REDIS_URL NAME OFF_BY_MS is an agent whose clocks are off by so much.
if (process.argv[1] === self) {
  const { startAgent } = await import('@preopen/load');
  const ending = new AbortController();
  process.once('SIGTERM', () => ending.abort());
  const [redisUrl, name, offMs] = process.argv.slice(2);
  const agent = await startAgent({
    redisUrl,
    name,
    clock: { nowMs: () => systemClock.nowMs() + Number(offMs), wallMs: () => systemClock.wallMs() + Number(offMs) },
    signal: ending.signal,
    tell: (message) => process.stdout.write(`${message}\n`),
  });
  await agent.done;
}
