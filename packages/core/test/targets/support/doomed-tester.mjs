import { openPipeline, startService, systemClock } from '../../../dist/index.js';

// A tester that starts a service and a pipeline, says what processes there are, and waits for its own end.
// `node doomed-tester.mjs WORKDIR`
const [workDir] = process.argv.slice(2);
const here = new URL('.', import.meta.url).pathname;
const options = { clock: systemClock, signal: new AbortController().signal, workDir, configDir: here };
const service = await startService(
  {
    name: 'served',
    kind: 'command',
    command: [process.execPath, 'misbehaving-server.mjs', '{port}', 'healthy'],
    readyUrl: 'http://127.0.0.1:{port}/v2/health/ready',
    model: 'm',
  },
  options,
);
openPipeline(
  { kind: 'command', command: [process.execPath, 'process-tree.mjs', 'stubborn'] },
  { ...options, name: 'batch' },
)
  .run({
    inputDir: here,
    outputDir: workDir,
    signal: options.signal,
    onStart: (started) => {
      const look = setInterval(() => {
        const line = started.lastWords().find((words) => words.startsWith('pids'));
        if (line === undefined) return;
        clearInterval(look);
        console.log(`${line} ${service.process.pid}`);
      }, 20);
    },
  })
  .catch((error) => console.error(error));
