import { randomUUID } from 'node:crypto';
import { type CheckContext, InputError, type RunningService } from '@preopen/core';
import { LatencyRecorder } from '@preopen/latency';
import type { Redis } from 'ioredis';
import { lanesJob } from '../lanes.ts';
import { type LoadResult, type LoadScenario, summarizeLoad } from '../load-result.ts';
import { Problems } from '../problems.ts';
import { watchTarget } from '../target-usage.ts';
import {
  type AgentJob,
  type AgentReport,
  agentsKey,
  heartbeatMs,
  lostAfterMs,
  packJob,
  queueOf,
  stopChannel,
  unpackColumns,
} from './protocol.ts';
import { redisNowMs, redisTools } from './redis.ts';

/** What one agent did. */
export interface AgentSummary {
  readonly name: string;
  readonly outcome: 'done' | 'lost' | 'failed';
  readonly requests: number;
  /** Its wall clock less Redis' clock, and how well that is known. */
  readonly clockOffsetMs: number;
  readonly clockErrorMs: number;
  /** How long after the common start it was ready; 0 if it was. */
  readonly lateMs: number;
  /** Why it handed back nothing. */
  readonly reason?: string;
}

/** A run of load by several machines, put together. */
export interface AgentsLoad extends LoadResult {
  readonly agents: readonly AgentSummary[];
}

/** From the handing out of the parts to the common start: each agent reads the clock and starts its threads meanwhile. */
const leadMs = 2000;

/** Names of the agents that gave a sign of life lately. */
async function aliveAgents(redis: Redis): Promise<string[]> {
  const since = (await redisNowMs(redis)) - lostAfterMs;
  return redis.zrangebyscore(agentsKey, since, '+inf');
}

async function waitForAgents(
  redis: Redis,
  wanted: number,
  waitMs: number,
  context: Pick<CheckContext, 'clock' | 'signal'>,
): Promise<string[]> {
  const { clock, signal } = context;
  const endMs = clock.nowMs() + waitMs;
  for (;;) {
    const alive = await aliveAgents(redis);
    if (alive.length >= wanted) return alive.sort().slice(0, wanted);
    if (clock.nowMs() >= endMs) {
      throw new InputError(
        `${wanted} agents were asked for and ${alive.length} are there${alive.length > 0 ? ` (${alive.join(', ')})` : ''}: start more with \`preopen agent --redis URL\`, or ask for fewer.`,
      );
    }
    signal.throwIfAborted();
    await pause(heartbeatMs / 2);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

type Part = { readonly name: string } & (
  | { readonly outcome: 'done'; readonly report: AgentReport }
  | { readonly outcome: 'lost' | 'failed'; readonly reason: string }
);

/**
 * Runs open-loop load from several machines: the schedule is dealt out request by request, all start at one moment of
 * Redis' clock, and the records of all requests come back and are merged. A lost agent is noticed within seconds; the run
 * is then `partial`, and nothing is measured by it.
 * @throws InputError if there are too few agents, or `bullmq` and `ioredis` are not installed
 */
export async function runLoadOnAgents(
  service: RunningService,
  scenario: LoadScenario & { readonly durationMs: number },
  options: Pick<CheckContext, 'clock' | 'signal' | 'emit'> & {
    readonly redisUrl: string;
    readonly agents: number;
    /** How long to wait until so many agents are there. Default 10 000. */
    readonly waitMs?: number;
  },
): Promise<AgentsLoad> {
  const { redisUrl, agents, waitMs = 10_000, clock, signal, emit } = options;
  const { abortWhen: _rules, limitMs: _limit, windows: _windows, lanes = 1, ...sent } = scenario;
  const whole = packJob(lanesJob(service, sent));
  const { bullmq, connect } = await redisTools(redisUrl);
  const connections: Redis[] = [];
  const open = (): Redis => {
    const connection = connect();
    connections.push(connection);
    return connection;
  };
  const redis = open();
  const runId = randomUUID();
  const queues = new Map<string, InstanceType<typeof bullmq.Queue<AgentJob, AgentReport>>>();
  const stop = (): void => void redis.publish(stopChannel(runId), 'stop').catch(() => undefined);
  try {
    const names = await waitForAgents(redis, agents, waitMs, options);
    const startRedisMs = (await redisNowMs(redis)) + leadMs;
    signal.addEventListener('abort', stop, { once: true });
    const usageOf = watchTarget(service, clock);
    const deadlineMs = clock.nowMs() + leadMs + scenario.durationMs + (scenario.timeoutMs ?? 5000) + 15_000;
    const parts = await Promise.all(
      names.map(async (name, index): Promise<Part> => {
        const queue = new bullmq.Queue<AgentJob, AgentReport>(queueOf(name), { connection: open() });
        queues.set(name, queue);
        const data: AgentJob = {
          ...whole,
          runId,
          lanes,
          firstLane: index * lanes,
          allLanes: names.length * lanes,
          startRedisMs,
        };
        const job = await queue.add('load', data, { attempts: 1, removeOnComplete: false, removeOnFail: false });
        for (;;) {
          await pause(heartbeatMs / 2);
          const state = await job.getState();
          if (state === 'completed' || state === 'failed') {
            const ended = await queue.getJob(job.id!);
            if (state === 'completed' && ended) return { name, outcome: 'done', report: ended.returnvalue };
            return { name, outcome: 'failed', reason: ended?.failedReason ?? 'no reason given' };
          }
          const alive = await aliveAgents(redis);
          if (!alive.includes(name))
            return { name, outcome: 'lost', reason: `no sign of life for ${lostAfterMs / 1000} s` };
          if (clock.nowMs() > deadlineMs) return { name, outcome: 'lost', reason: 'it did not end in time' };
          emit({ type: 'progress', message: `${names.length} agents at work` });
        }
      }),
    );
    signal.throwIfAborted();
    return putTogether(
      parts,
      scenario,
      whole.requests.map(({ predictions }) => predictions),
      lanes,
      usageOf(),
      startRedisMs,
    );
  } finally {
    signal.removeEventListener('abort', stop);
    for (const [, queue] of queues) await queue.obliterate({ force: true }).catch(() => undefined);
    for (const [, queue] of queues) await queue.close().catch(() => undefined);
    for (const connection of connections) connection.disconnect();
  }
}

function putTogether(
  parts: readonly Part[],
  scenario: LoadScenario,
  rowsOfPayload: readonly number[],
  lanes: number,
  usage: ReturnType<ReturnType<typeof watchTarget>>,
  startMs: number,
): AgentsLoad {
  const reports = parts.flatMap((part) => (part.outcome === 'done' ? [part.report] : []));
  const columns = reports.map((report) => unpackColumns(report.columns));
  const problems = new Problems();
  for (const report of reports) problems.merge(report.problems);
  const missing = parts.flatMap((part) =>
    part.outcome === 'done' ? [] : [`agent ${part.name} was ${part.outcome}: ${part.reason}`],
  );
  const result = summarizeLoad(
    {
      recorder: LatencyRecorder.merge(columns),
      rowsOfPayload,
      stages: undefined,
      problems: problems.top(),
      inFlightMs: reports.reduce((sum, report) => sum + report.inFlightMs, 0),
      pacer: reports.every(({ pacer }) => pacer === 'sleep') ? 'sleep' : 'spin',
      utilisation: Math.max(0, ...reports.map(({ utilisation }) => utilisation)),
      aborted: undefined,
      startMs,
      missing:
        missing.length === 0
          ? undefined
          : `${missing.join('; ')}. Its share of the requests, 1 in ${parts.length}, is not in these figures`,
      lanes: reports.length * lanes,
    },
    scenario,
    usage,
  );
  const agents = parts.map((part): AgentSummary => {
    if (part.outcome !== 'done') {
      return {
        name: part.name,
        outcome: part.outcome,
        requests: 0,
        clockOffsetMs: Number.NaN,
        clockErrorMs: Number.NaN,
        lateMs: Number.NaN,
        reason: part.reason,
      };
    }
    const { clockOffsetMs, clockErrorMs, lateMs } = part.report;
    const requests = columns[reports.indexOf(part.report)]!.dueMs.length;
    return { name: part.name, outcome: 'done', requests, clockOffsetMs, clockErrorMs, lateMs };
  });
  const notes = agents.map((agent) =>
    agent.outcome === 'done'
      ? `Agent ${agent.name}: ${agent.requests} requests, its clock ${agent.clockOffsetMs.toFixed(2)} ± ${agent.clockErrorMs.toFixed(2)} ms from that of Redis (taken off)`
      : `Agent ${agent.name} was ${agent.outcome}: ${agent.reason}`,
  );
  return { ...result, agents, notes: [...notes, ...result.notes] };
}
