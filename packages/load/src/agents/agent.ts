import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Clock } from '@preopen/core';
import { LatencyRecorder } from '@preopen/latency';
import type { Job } from 'bullmq';
import { windowFigures } from '../abort-rule.ts';
import type { LaneProgress } from '../lane-protocol.ts';
import { startLanesJob } from '../lanes.ts';
import { ownPlace } from './place.ts';
import {
  type AgentJob,
  type AgentProgress,
  type AgentReport,
  agentsKey,
  heartbeatMs,
  packColumns,
  placesKey,
  queueOf,
  stopChannel,
  unpackJob,
} from './protocol.ts';
import { measureOffset, redisNowMs, redisTools } from './redis.ts';

/** How an agent is started. */
export interface AgentOptions {
  readonly redisUrl: string;
  readonly clock: Clock;
  /** Ends the agent. */
  readonly signal: AbortSignal;
  /** Default: the machine's name and some letters. */
  readonly name?: string;
  /** What it does, for people. */
  readonly tell?: (message: string) => void;
}

/** An agent that waits for load to generate. */
export interface Agent {
  readonly name: string;
  /** Resolves when it has ended. */
  readonly done: Promise<void>;
}

/**
 * Starts an agent on this machine: it takes its part of runs from Redis, generates it in threads, and hands every request's
 * record back. BullMQ is the control plane only; the load never touches Redis.
 * @throws InputError if `bullmq` and `ioredis` are not installed
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { redisUrl, clock, signal, tell = () => undefined } = options;
  const name = options.name ?? `${hostname().replace(/[^\w-]+/g, '-')}-${randomUUID().slice(0, 6)}`;
  const { bullmq, connect } = await redisTools(redisUrl);
  const redis = connect();
  const hears = connect();
  const works = connect();

  const run = async (job: Job<AgentJob, AgentReport>): Promise<AgentReport> => {
    const { runId, startRedisMs, firstLane, lanes, allLanes } = job.data;
    const { offsetMs, errorMs } = await measureOffset(redis, () => clock.nowMs());
    const wallOffset = await measureOffset(redis, () => clock.wallMs());
    const startMs = startRedisMs + offsetMs;
    tell(`run ${runId.slice(0, 8)}: lanes ${firstLane + 1} to ${firstLane + lanes} of ${allLanes}`);
    const ending = new AbortController();
    const totals = Array.from({ length: lanes }, () => ({ scheduled: 0, failed: 0 }));
    const heard = (lane: number, { scheduled, failed, recentMs }: LaneProgress): AgentProgress => {
      const before = totals[lane]!.failed;
      totals[lane] = { scheduled, failed };
      const figures = windowFigures(Math.max(0, clock.nowMs() - startMs), recentMs, failed - before);
      return { scheduled: totals.reduce((sum, total) => sum + total.scheduled, 0), figures };
    };
    const onStop = (channel: string): void => {
      if (channel === stopChannel(runId)) load.stop();
    };
    const lateMs = Math.max(0, clock.nowMs() - startMs);
    const load = startLanesJob(
      { ...unpackJob(job.data), startMs },
      {
        clock,
        signal: AbortSignal.any([signal, ending.signal]),
        onProgress: (lane, progress) => void job.updateProgress(heard(lane, progress)).catch(() => undefined),
      },
    );
    hears.on('message', onStop);
    await hears.subscribe(stopChannel(runId));
    try {
      const { recorder, problems, inFlightMs, pacer, gaveUp, utilisation } = await load.done;
      // All on one clock, so that the records of several machines can be put in order.
      const columns = LatencyRecorder.merge([recorder], [-offsetMs]).columns();
      return {
        columns: packColumns(columns),
        problems,
        inFlightMs,
        pacer,
        gaveUp,
        utilisation,
        clockOffsetMs: wallOffset.offsetMs,
        clockErrorMs: errorMs,
        lateMs,
      };
    } finally {
      hears.off('message', onStop);
      await hears.unsubscribe(stopChannel(runId));
    }
  };
  const worker = new bullmq.Worker<AgentJob, AgentReport>(queueOf(name), run, {
    connection: works,
    // One part at a time; a lost agent's part is never handed to another in the middle of a run.
    concurrency: 1,
    maxStalledCount: 0,
  });
  worker.on('error', (error) => tell(`agent: ${error.message}`));
  const beat = async (): Promise<void> => {
    await redis.zadd(agentsKey, await redisNowMs(redis), name);
  };
  await redis.hset(placesKey, name, ownPlace());
  await beat();
  await worker.waitUntilReady();
  const timer = setInterval(() => void beat().catch((error: Error) => tell(`agent: ${error.message}`)), heartbeatMs);
  tell(`agent ${name} is ready`);
  const ended = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const done = ended.then(async () => {
    clearInterval(timer);
    await redis.zrem(agentsKey, name).catch(() => undefined);
    await redis.hdel(placesKey, name).catch(() => undefined);
    await worker.close(true).catch(() => undefined);
    for (const connection of [redis, hears, works]) connection.disconnect();
  });
  return { name, done };
}
