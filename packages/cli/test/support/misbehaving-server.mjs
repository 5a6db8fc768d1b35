// An inference service that misbehaves on purpose: node misbehaving-server.mjs PORT rubbish|hang|too-few|non-finite|slow-start
import { createServer } from 'node:http';

const [port, mode] = process.argv.slice(2);
const json = (response, status, body) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    if (request.url === '/v2/health/ready')
      return mode === 'slow-start' ? json(response, 503, {}) : json(response, 200, {});
    if (request.method === 'GET') {
      return json(response, 200, {
        name: 'm',
        inputs: [{ name: 'input', datatype: 'FP64', shape: [-1, 4] }],
        outputs: [],
      });
    }
    if (mode === 'hang') return;
    if (mode === 'rubbish') return response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>It works!</h1>');
    const body = Buffer.concat(chunks);
    // With binary tensors the JSON comes first, and a header says how long it is.
    const header = body.subarray(0, Number(request.headers['inference-header-content-length'] ?? body.length));
    const rows = JSON.parse(header.toString('utf8')).inputs[0].shape[0];
    const data = mode === 'too-few' ? [0.5] : Array.from({ length: rows }, () => Number.NaN);
    const text = JSON.stringify({
      model_name: 'm',
      outputs: [{ name: 'predictions', datatype: 'FP64', shape: [data.length], data }],
    });
    // NaN as some servers write it: not JSON, but read by many clients.
    return response.writeHead(200, { 'content-type': 'application/json' }).end(text.replaceAll('null', 'NaN'));
  });
});
server.listen(Number(port), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
