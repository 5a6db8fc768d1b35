// The reference service as a command: reference-service.js [--port N] [--model FILE] [--host ADDRESS] [--name NAME]
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { serve } from './serve.ts';

try {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      model: { type: 'string' },
      name: { type: 'string', default: 'reference' },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port: expected a number from 0 to 65535, got “${values.port}”`);
  const service = await serve({
    port,
    host: values.host,
    name: values.name,
    ...(values.model === undefined ? {} : { modelText: await readFile(values.model, 'utf8') }),
  });
  process.stdout.write(`listening on ${service.url}\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void service.close());
} catch (cause) {
  process.stderr.write(`reference service: ${(cause as Error).message}\n`);
  process.exitCode = 1;
}
