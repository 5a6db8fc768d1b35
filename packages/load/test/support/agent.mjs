// An agent as a program: node agent.mjs REDIS_URL NAME
import { systemClock } from '@preopen/core';
import { startAgent } from '@preopen/load';

const ending = new AbortController();
process.once('SIGTERM', () => ending.abort());
const [redisUrl, name] = process.argv.slice(2);
const agent = await startAgent({
  redisUrl,
  name,
  clock: systemClock,
  signal: ending.signal,
  tell: (message) => process.stdout.write(`${message}\n`),
});
await agent.done;
