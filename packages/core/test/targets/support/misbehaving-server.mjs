import { createServer } from 'node:http';

// A service with one fault: `node misbehaving-server.mjs PORT MODE`. Health and metadata are right in most modes.
const [port, mode] = process.argv.slice(2);
const FEATURES = 3;

const answer = (predictions) =>
  JSON.stringify({ outputs: [{ name: 'y', shape: [predictions.length], datatype: 'FP64', data: predictions }] });
const rowsOf = (body, headers) =>
  JSON.parse(body.toString('latin1').slice(0, Number(headers['inference-header-content-length'] ?? body.length)))
    .inputs[0].shape[0];

const infer = {
  healthy: (rows, response) => response.end(answer(Array(rows).fill(0.5))),
  'too-few': (rows, response) => response.end(answer(Array(rows - 1).fill(0.5))),
  'non-finite': (rows, response) => response.end(answer(Array(rows).fill(0.5)).replace('0.5', 'NaN')),
  nulls: (rows, response) => response.end(answer(Array(rows).fill(null))),
  rubbish: (_, response) => response.end('<html>It works!</html>'),
  'not-http': (_, response) => response.socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n'),
  'error-500': (_, response) => response.writeHead(500).end('{"error":"model exploded"}'),
  hang: () => {},
  'hang-in-body': (_, response) => response.writeHead(200, { 'content-length': 100 }).write('{"outputs"'),
  'break-in-body': (_, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('{"outputs"', () => response.socket.destroy());
  },
  flood: (_, response) => {
    const more = () => {
      while (response.write(Buffer.alloc(65536, 32)));
      response.once('drain', more);
    };
    more();
  },
  'die-in-request': () => process.kill(process.pid, 'SIGKILL'),
};

const server = createServer((request, response) => {
  if (request.url === '/v2/health/ready') {
    if (mode === 'never-ready') return response.writeHead(503).end();
    if (mode === 'silent-health') return undefined;
    return response.end();
  }
  if (request.url === '/v2/models/m') {
    if (mode === 'no-metadata') return response.writeHead(404).end();
    const inputs = [{ name: 'x', datatype: 'FP32', shape: [-1, FEATURES] }];
    return response.end(JSON.stringify({ name: 'm', inputs, outputs: [] }));
  }
  if (!request.url.endsWith('/infer')) return response.writeHead(404).end();
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => (infer[mode] ?? infer.healthy)(rowsOf(Buffer.concat(chunks), request.headers), response));
});
if (mode === 'crash-at-start') {
  console.error("ModuleNotFoundError: No module named 'lightgbm'");
  process.exit(1);
}
server.listen(Number(port), '127.0.0.1', () => console.log(`mode ${mode}`));
