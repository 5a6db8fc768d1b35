import { randomUUID } from 'node:crypto';
import { type CheckContext, InputError, type RunningService } from '@preopen/core';
import { LatencyRecorder } from '@preopen/latency';
import type { Redis } from 'ioredis';
import { brokenRule, type WindowFigures } from '../abort-rule.ts';
import { lanesJob } from '../lanes.ts';
import { type LoadResult, type LoadScenario, summarizeLoad } from '../load-result.ts';
import { Problems } from '../problems.ts';
import { watchTarget } from '../target-usage.ts';
import { pidsHere } from './place.ts';
import {
  type AgentJob,
  type AgentProgress,
  type AgentReport,
  agentsKey,
  heartbeatMs,
  lostAfterMs,
  packJob,
  placesKey,
  queueOf,
  stopChannel,
  type UnpackedReport,
  unpackReport,
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

/** Agents to send by: so many of those that wait at a Redis. */
export interface AgentsWanted {
  readonly redisUrl: string;
  readonly agents: number;
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
  | { readonly outcome: 'done'; readonly report: UnpackedReport }
  | { readonly outcome: 'lost' | 'failed'; readonly reason: string }
);

/** An agent of another version, or one whose answer was cut off, is none that its figures could be taken from. */
function partOf(name: string, packed: AgentReport): Part {
  try {
    return { name, outcome: 'done', report: unpackReport(packed) };
  } catch (cause) {
    return { name, outcome: 'failed', reason: `its report cannot be read: ${(cause as Error).message}` };
  }
}

/**
 * Runs open-loop load from several machines: the schedule is dealt out request by request, all start at one moment of
 * Redis' clock, and the records of all requests come back and are merged. A lost agent is noticed within seconds; the run
 * is then `partial`, and nothing is measured by it.
 * @throws InputError if there are too few agents, or `bullmq` and `ioredis` are not installed
 */
export async function runLoadOnAgents(
  service: RunningService,
  scenario: LoadScenario & { readonly durationMs: number },
  options: Pick<CheckContext, 'clock' | 'signal' | 'emit' | 'claimProcesses'> &
    AgentsWanted & {
      /** How long to wait until so many agents are there. Default 10 000. */
      readonly waitMs?: number;
      /** Ends the load; what was measured until then is reported, where `signal` throws it away. */
      readonly endEarly?: AbortSignal;
    },
): Promise<AgentsLoad> {
  const { redisUrl, agents, waitMs = 10_000, clock, signal, endEarly, emit } = options;
  const { abortWhen = [], limitMs: _limit, windows: _windows, lanes = 1, ...sent } = scenario;
  const whole = packJob(lanesJob(service, { kind: 'open', ...sent }));
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
  let aborted: string | undefined;
  const onEndEarly = (): void => {
    aborted ??= (endEarly?.reason as Error | undefined)?.message ?? 'ended';
    stop();
  };
  try {
    const names = await waitForAgents(redis, agents, waitMs, options);
    // Agents on this machine are the generator, and no others whose work disturbs it.
    options.claimProcesses?.(pidsHere(await redis.hmget(placesKey, ...names)));
    const startRedisMs = (await redisNowMs(redis)) + leadMs;
    signal.addEventListener('abort', stop, { once: true });
    endEarly?.addEventListener('abort', onEndEarly, { once: true });
    const watch = watchProgress(emit, scenario.durationMs, (windows) => {
      aborted ??= brokenRule(abortWhen, windows);
      if (aborted !== undefined) stop();
    });
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
            if (state === 'completed' && ended) return partOf(name, ended.returnvalue);
            return { name, outcome: 'failed', reason: ended?.failedReason ?? 'no reason given' };
          }
          const alive = await aliveAgents(redis);
          if (!alive.includes(name))
            return { name, outcome: 'lost', reason: `no sign of life for ${lostAfterMs / 1000} s` };
          if (clock.nowMs() > deadlineMs) return { name, outcome: 'lost', reason: 'it did not end in time' };
          watch(name, (await queue.getJob(job.id!))?.progress as AgentProgress | undefined);
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
      aborted,
    );
  } finally {
    signal.removeEventListener('abort', stop);
    endEarly?.removeEventListener('abort', onEndEarly);
    for (const [, queue] of queues) await queue.obliterate({ force: true }).catch(() => undefined);
    for (const [, queue] of queues) await queue.close().catch(() => undefined);
    for (const connection of connections) connection.disconnect();
  }
}

/** Puts together what the agents say while they are at work: the sum of their requests, the worst of their figures. */
function watchProgress(
  emit: CheckContext['emit'],
  durationMs: number,
  onWindow: (windows: readonly WindowFigures[]) => void,
): (name: string, progress: AgentProgress | undefined) => void {
  const latest = new Map<string, AgentProgress>();
  const windows: WindowFigures[] = [];
  return (name, progress) => {
    // Before an agent's first word BullMQ gives a number.
    if (progress?.figures === undefined || progress.figures.atMs === latest.get(name)?.figures.atMs) return;
    latest.set(name, progress);
    const all = [...latest.values()];
    const worst = (of: 'p50Ms' | 'p95Ms' | 'p99Ms' | 'errorShare'): number =>
      Math.max(...all.map(({ figures }) => figures[of]));
    const figures = {
      atMs: Math.max(...all.map(({ figures: { atMs } }) => atMs)),
      p50Ms: worst('p50Ms'),
      p95Ms: worst('p95Ms'),
      p99Ms: worst('p99Ms'),
      errorShare: worst('errorShare'),
    };
    windows.push(figures);
    if (windows.length > 1000) windows.shift();
    const scheduled = all.reduce((sum, agent) => sum + agent.scheduled, 0);
    emit({
      type: 'progress',
      message: `${scheduled.toLocaleString('en-US')} requests from ${all.length} agents, P95 now ${figures.p95Ms.toFixed(1)} ms at the slowest`,
      fraction: Math.min(1, figures.atMs / durationMs),
    });
    emit({ type: 'sample', metric: 'latency.response.p95', value: figures.p95Ms, unit: 'ms' });
    onWindow(windows);
  };
}

function putTogether(
  parts: readonly Part[],
  scenario: LoadScenario,
  rowsOfPayload: readonly number[],
  lanes: number,
  usage: ReturnType<ReturnType<typeof watchTarget>>,
  startMs: number,
  aborted: string | undefined,
): AgentsLoad {
  const reports = parts.flatMap((part) => (part.outcome === 'done' ? [part.report] : []));
  const problems = new Problems();
  for (const report of reports) problems.merge(report.problems);
  const gaveUp = reports.some((report) => report.gaveUp);
  const missing = parts.flatMap((part) =>
    part.outcome === 'done' ? [] : [`agent ${part.name} was ${part.outcome}: ${part.reason}`],
  );
  const result = summarizeLoad(
    {
      recorder: LatencyRecorder.merge(reports.map(({ columns }) => columns)),
      rowsOfPayload,
      stages: undefined,
      problems: problems.top(),
      inFlightMs: reports.reduce((sum, report) => sum + report.inFlightMs, 0),
      pacer: reports.every(({ pacer }) => pacer === 'sleep') ? 'sleep' : 'spin',
      gaveUp,
      utilisation: Math.max(0, ...reports.map(({ utilisation }) => utilisation)),
      aborted: aborted ?? (gaveUp ? `more than ${scenario.mostUnderWay} requests were under way` : undefined),
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
    const { clockOffsetMs, clockErrorMs, lateMs, columns } = part.report;
    const { dueMs, beyond } = columns;
    const requests = dueMs.length + (beyond?.scheduled ?? 0);
    return { name: part.name, outcome: 'done', requests, clockOffsetMs, clockErrorMs, lateMs };
  });
  const notes = agents.map((agent) =>
    agent.outcome === 'done'
      ? `Agent ${agent.name}: ${agent.requests} requests, its clock ${agent.clockOffsetMs.toFixed(2)} ± ${agent.clockErrorMs.toFixed(2)} ms from that of Redis (taken off)`
      : `Agent ${agent.name} was ${agent.outcome}: ${agent.reason}`,
  );
  return { ...result, agents, notes: [...notes, ...result.notes] };
}
