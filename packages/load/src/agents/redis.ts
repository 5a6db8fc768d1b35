import { InputError } from '@preopen/core';
import type * as BullMq from 'bullmq';
import type { Redis } from 'ioredis';

/** The optional packages, loaded where agents are asked for. */
export interface RedisTools {
  readonly bullmq: typeof BullMq;
  /** A connection that ends when it is told to. */
  connect(): Redis;
}

/**
 * Loads BullMQ and ioredis.
 * @throws InputError if they are not installed
 */
export async function redisTools(redisUrl: string): Promise<RedisTools> {
  try {
    const [bullmq, ioredis] = await Promise.all([import('bullmq'), import('ioredis')]);
    return {
      bullmq,
      // BullMQ's workers wait in Redis for as long as it takes; its own retries are for others to judge.
      connect: () => new ioredis.Redis(redisUrl, { maxRetriesPerRequest: null }),
    };
  } catch (cause) {
    throw new InputError('Load on several machines needs two more packages: npm install bullmq ioredis', { cause });
  }
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
