// A supervisor and its service, for the verification: `node supervised.mjs PORT LOG [RESTART_AFTER_MS]`. The service is killed;
// it is started again so long after its end. LOG gets a line for each end and each start that is ready, by the system's clock.
import { fork } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serveModel } from '@preopen/core';

const [port, log, restartAfterMs] = process.argv.slice(2);
const nowMs = () => performance.timeOrigin + performance.now();

if (process.send) {
  await serveModel(
    { features: 4, predict: (values, rows) => new Float64Array(rows).fill(values[0]) },
    { port: Number(port) },
  );
  process.send('ready');
} else {
  let isEnding = false;
  const start = () => {
    const child = fork(fileURLToPath(import.meta.url), [port, log]);
    child.once('message', () => appendFileSync(log, `${JSON.stringify({ event: 'ready', atMs: nowMs() })}\n`));
    child.once('exit', () => {
      appendFileSync(log, `${JSON.stringify({ event: 'end', atMs: nowMs() })}\n`);
      if (!isEnding) setTimeout(start, Number(restartAfterMs));
    });
    process.once('SIGTERM', () => {
      isEnding = true;
      child.kill('SIGTERM');
      process.exit(0);
    });
  };
  start();
}
