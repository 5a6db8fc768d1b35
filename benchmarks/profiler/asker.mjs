// Keeps a service busy over some connections, each of which asks again as soon as it is answered, until standard input ends. Then
// it writes when each answer had come, in ms of the machine's monotonic clock, as doubles, into a file.
// asker.mjs PORT CONNECTIONS FILE
import { writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';

const [port, connections, path] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const agent = new Agent({ keepAlive: true, maxSockets: connections });
let answeredMs = new Float64Array(1 << 20);
let answered = 0;
let isOver = false;
const ask = () =>
  new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent }, (response) => response.resume().on('end', resolve)).on('error', reject);
  });
const keepAsking = async () => {
  while (!isOver) {
    await ask();
    if (answered === answeredMs.length) {
      const longer = new Float64Array(answered * 2);
      longer.set(answeredMs);
      answeredMs = longer;
    }
    answeredMs[answered++] = Number(process.hrtime.bigint()) / 1e6;
  }
};
process.stdin.resume().on('end', () => {
  isOver = true;
});
await Promise.all(Array.from({ length: connections }, keepAsking));
agent.destroy();
writeFileSync(path, answeredMs.subarray(0, answered));
