import { InputError } from '@preopen/core';
import type * as BullMq from 'bullmq';
import type { Redis } from 'ioredis';

/** The optional packages, loaded where agents are asked for. */
export interface RedisTools {
  readonly bullmq: typeof BullMq;
  /** A connection that ends when it is told to. */
  connect(): Redis;
}

/** Who asks for a Redis that does not answer is told so after this. */
const connectMs = 5000;

async function loadPackages() {
  try {
    return await Promise.all([import('bullmq'), import('ioredis')]);
  } catch (cause) {
    throw new InputError('Load on several machines needs two more packages: npm install bullmq ioredis', { cause });
  }
}

/**
 * Loads BullMQ and ioredis, and sees that Redis answers.
 * @throws InputError if they are not installed, or nothing answers at the address
 */
export async function redisTools(redisUrl: string): Promise<RedisTools> {
  if (!/^rediss?:\/\//.test(redisUrl) || !URL.canParse(redisUrl)) {
    throw new InputError(`“${redisUrl}” is no address of a Redis. Give one such as redis://127.0.0.1:6379.`);
  }
  const [bullmq, { Redis }] = await loadPackages();
  const first = new Redis(redisUrl, { lazyConnect: true, connectTimeout: connectMs, retryStrategy: () => null });
  // Its errors reject what is asked of it; without a listener they would be printed as well.
  first.on('error', () => undefined);
  try {
    await first.connect();
    await first.ping();
  } catch (cause) {
    throw new InputError(
      `no Redis answers at ${redisUrl}: ${(cause as Error).message.replace(/\.$/, '')}. Start one, or check the address.`,
      {
        cause,
      },
    );
  } finally {
    first.disconnect();
  }
  return {
    bullmq,
    connect: () => {
      // BullMQ's workers wait in Redis for as long as it takes; its own retries are for others to judge.
      const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
      // A connection that breaks is made again; a Redis that is gone shows by the agents that are lost with it.
      connection.on('error', () => undefined);
      return connection;
    },
  };
}

/** Redis' own time, the one clock that all agents can read. */
export async function redisNowMs(redis: Redis): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 1000 + Number(microseconds) / 1000;
}

/** Readings of which the one with the shortest round trip counts. */
const readings = 30;

/**
 * How far a clock is ahead of Redis' clock.
 * @param nowMs the clock
 */
export async function measureOffset(redis: Redis, nowMs: () => number): Promise<{ offsetMs: number; errorMs: number }> {
  let offsetMs = 0;
  let errorMs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < readings; i++) {
    const before = nowMs();
    const redisMs = await redisNowMs(redis);
    const after = nowMs();
    if ((after - before) / 2 >= errorMs) continue;
    errorMs = (after - before) / 2;
    offsetMs = (before + after) / 2 - redisMs;
  }
  return { offsetMs, errorMs };
}
