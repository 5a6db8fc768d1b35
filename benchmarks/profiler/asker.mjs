// Asks a service over one connection, one request after the other: for each line `MS` on standard input it answers how many
// requests were served in so many milliseconds.
import { Agent, get } from 'node:http';
import { createInterface } from 'node:readline';

const port = Number(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const ask = () =>
  new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent }, (response) => response.resume().on('end', resolve)).on('error', reject);
  });
for await (const line of createInterface({ input: process.stdin })) {
  const beganMs = performance.now();
  const endMs = beganMs + Number(line);
  let served = 0;
  while (performance.now() < endMs) {
    await ask();
    served++;
  }
  process.stdout.write(`${served / (performance.now() - beganMs)}\n`);
}
