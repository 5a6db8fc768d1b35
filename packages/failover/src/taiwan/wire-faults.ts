import { availableParallelism } from 'node:os';
import type { EncodedRequest } from '@preopen/core';
import { skewClock } from '../clock/skew-clock.ts';
import type { ExperimentLimits } from '../experiment.ts';
import type { Fault, FaultSite } from '../fault.ts';
import { networkFault } from '../network-faults.ts';
import { contendCpu } from '../resource-faults.ts';
import { compound } from './compound.ts';
import type { TaiwanMarket } from './market.ts';
import { damageModel, type ModelArtefact } from './model-artefact.ts';
import { flood } from './right-requests.ts';
import type { TaiwanFault } from './taiwan-fault.ts';

/** What a fault under load is made from. */
export interface WireRequest {
  readonly intensity: number;
  readonly durationMs: number;
  readonly market: TaiwanMarket;
  /** The model’s file and how it is read again, where that is known. */
  readonly artefact?: ModelArtefact;
  /** Stocks of a cross-section. */
  readonly rows: number;
}

/** A failure scenario that comes to a service under load. */
export interface WireTaiwanFault extends TaiwanFault {
  /** What must hold in the suite, where that is stricter than the specification's limits. */
  readonly limits?: ExperimentLimits;
  /** The fault at an intensity, for one experiment. */
  make(request: WireRequest): Fault;
}

/** Different cross-sections, so that no cache of one answers them. */
const variants = 8;

const crossSections = (site: FaultSite, rows: number): EncodedRequest[] =>
  Array.from({ length: variants }, (_, i) =>
    site.service.codec.encode(site.service.batch(rows, 1000 + i), site.service.model),
  );

/** Seconds of silence from 08:59:50 to 09:03:00, one cross-section each, and the time in which they come after it. */
const backlog = { crossSections: 190, inMs: 2000 };
/** Requests a second on a usual morning, and how many times as many at 09:04 on 2020-12-02. */
const burst = { usualPerSecond: 200, times: 10 };

/** The failure scenarios that come to a service under load. */
export const wireTaiwanFaults: readonly WireTaiwanFault[] = [
  {
    id: 'tw-01',
    title: 'The feed is silent over the open, then all of it comes at once',
    story:
      'No ticks from 08:59:50 to 09:03:00; then 190 seconds of them, a cross-section each, within two seconds beside the requests of now, which must not wait behind those of then.',
    intensity: 'share of the 190 cross-sections that come at once',
    // The specification allows 10 s after a gap in the market's data; a backlog of two seconds is to be worked off in half of that.
    limits: { timeToSteadyStateMs: 5000 },
    make: ({ intensity, rows }) =>
      flood({
        id: 'tw-01',
        title: `a backlog of ${Math.round(backlog.crossSections * intensity)} cross-sections of ${rows} stocks in ${backlog.inMs / 1000} s`,
        ratePerSecond: (backlog.crossSections * intensity * 1000) / backlog.inMs,
        durationMs: backlog.inMs,
        mostUnderWay: 64,
        requests: (site) => crossSections(site, rows),
      }),
  },
  {
    id: 'tw-09',
    title: 'Orders and quotes burst after the open',
    story:
      'On 2020-12-02 messages came at ten times their rate from 09:04 on, and acknowledgements were slow for 86 minutes; here for as long as the fault lasts. Requests may be shed by policy, memory may not grow without bound, and P95 must come back.',
    intensity: 'what comes beside the usual rate, up to nine times as much',
    make: ({ intensity, durationMs }) =>
      flood({
        id: 'tw-09',
        title: `${1 + (burst.times - 1) * intensity} times the usual requests for ${durationMs} ms`,
        ratePerSecond: burst.usualPerSecond * (burst.times - 1) * intensity,
        durationMs,
        mostUnderWay: 256,
        requests: (site) => crossSections(site, 10),
      }),
  },
  {
    id: 'tw-13',
    title: 'Clocks are off',
    story:
      'The exchange’s clock is fast, ours is slow and is set back before the closing auction. Ages must come from a clock that only goes forward: the same answers, none late. The offset is larger than in life, so that it can be verified from outside.',
    intensity: 'how far the wall clock goes back, from 3 s to a minute',
    make: ({ intensity, durationMs }) => ({
      ...skewClock(durationMs, -Math.round(3000 + 57_000 * intensity)),
      id: 'tw-13',
    }),
  },
  {
    id: 'tw-19',
    title: 'The model’s file is damaged in the middle of a session',
    story:
      'A model that is cut off, has no number in a leaf, takes its features in another order, or is empty is put in the place of the one that is served, and read. The one before must go on.',
    intensity: 'how many of the four kinds of damage are tried',
    make: ({ intensity, durationMs, artefact }) => damageModel(artefact, intensity, durationMs),
  },
  {
    id: 'tw-20',
    title: 'The bad morning',
    story:
      'The cascade of TW-06 in the requests, all processors busy with other work, and one connection in ten to the feature store reset, at the same time. Where the config names no upstream, connections to the service itself are reset.',
    intensity: 'share of processors, of connections (up to 10 %) and of cross-sections that are struck',
    make: badMorning,
  },
];

function badMorning({ intensity, durationMs, market, rows }: WireRequest): Fault {
  const title = `limit-down cross-sections, busy processors and ${(10 * intensity).toFixed(0)} % resets for ${durationMs} ms`;
  const together: { readonly id: string; readonly title: string; readonly durationMs: number } = {
    id: 'tw-20',
    title,
    durationMs,
  };
  const cascade = flood({
    id: 'tw-20',
    title,
    // A cross-section every tenth of a second: ten times what a strategy of seconds asks.
    ratePerSecond: 10 * intensity,
    durationMs,
    mostUnderWay: 16,
    requests(site) {
      const stressed = market.crossSections.find(({ id }) => id === 'limitDown');
      const random = site.random('cascade');
      return Array.from({ length: variants }, (_, i) => {
        const batch = site.service.batch(rows, 2000 + i);
        return site.service.codec.encode(stressed?.perturb(batch, random) ?? batch, site.service.model);
      });
    },
  });
  const threads = Math.max(1, Math.round(availableParallelism() * intensity));
  const resets = (upstream: string | undefined): Fault =>
    networkFault(
      { type: 'reset_peer', timeoutMs: 0, toxicity: 0.1 * intensity },
      { durationMs, ...(upstream === undefined ? {} : { upstream }) },
    );
  // Which connections are reset depends on what the service has; that is known once it runs.
  const partsAt = new WeakMap<FaultSite, Fault>();
  const at = (site: FaultSite): Fault => {
    const known =
      partsAt.get(site) ??
      compound(together, [
        resets(Object.keys(site.service.upstreams ?? {})[0]),
        contendCpu(durationMs, threads),
        cascade,
      ]);
    partsAt.set(site, known);
    return known;
  };
  return {
    ...together,
    touches: 'address',
    probe: (site) => at(site).probe(site),
    prepare: (site) => at(site).prepare!(site),
    inject: (site) => at(site).inject(site),
  };
}
