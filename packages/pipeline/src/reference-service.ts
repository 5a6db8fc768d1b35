// The reference service as a command:
// reference-service.js [--port N] [--model FILE | --leave-model FILE] [--features FILE] [--host ADDRESS] [--name NAME] [--admin-port N]
// SIGHUP reads the files again; SIGTERM ends it when what it accepted is answered.
import { parseArgs } from 'node:util';
import { serve } from './service/serve.ts';

function portOf(option: string, text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`${option}: expected a number from 0 to 65535, got “${text}”`);
  return port;
}

const complain = (error: unknown): void =>
  void process.stderr.write(`reference service: ${(error as Error).message}\n`);

try {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      model: { type: 'string' },
      'leave-model': { type: 'string' },
      features: { type: 'string' },
      name: { type: 'string', default: 'reference' },
      'admin-port': { type: 'string' },
    },
  });
  const adminPort = values['admin-port'];
  const service = await serve({
    port: portOf('--port', values.port),
    host: values.host,
    name: values.name,
    ...(values.model === undefined ? {} : { modelPath: values.model }),
    ...(values['leave-model'] === undefined ? {} : { trainedModelPath: values['leave-model'] }),
    ...(values.features === undefined ? {} : { featuresPath: values.features }),
    ...(adminPort === undefined ? {} : { adminPort: portOf('--admin-port', adminPort) }),
  });
  process.stdout.write(`listening on ${service.url}\n`);
  if (service.adminUrl) process.stdout.write(`metrics on ${service.adminUrl}/metrics\n`);
  process.on('SIGHUP', () => {
    service.reload().catch(complain);
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void service.close());
} catch (cause) {
  complain(cause);
  process.exitCode = 1;
}
