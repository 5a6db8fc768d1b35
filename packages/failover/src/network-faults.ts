import { readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InputError, type RunningService, type ServiceUpstream } from '@preopen/core';
import { distEntry } from './dist-entry.ts';
import { type Availability, available, type Fault, type FaultSite, needs, type Preparation } from './fault.ts';
import { describeToxic } from './proxy/describe-toxic.ts';
import { type FaultProxy, faultProxy } from './proxy/fault-proxy.ts';
import { resolverVariables } from './proxy/resolver-variables.ts';
import { parseToxic, type ToxicInput } from './proxy/toxic.ts';
import { nodePrograms, runsProgram } from './service-language.ts';
import { faultFilePrefix } from './undo/record.ts';

/** Where and how long a network is broken. */
export interface NetworkFaultOptions {
  readonly durationMs: number;
  /**
   * Name of one of the target's own upstreams, as in its config: the fault comes between the target and that. Without it,
   * between the load and the target.
   */
  readonly upstream?: string;
  /** As it stands in metric names. Default: the toxic's type, with the upstream before it. */
  readonly id?: string;
}

const idOf = (type: string, upstream: string | undefined): string =>
  [upstream, type].filter(Boolean).join('-').toLowerCase().replaceAll('_', '-');

/** The service with another address; what it was started as stays reachable through `process`. */
const routed = (service: RunningService, { host, port }: FaultProxy): RunningService => {
  const url = new URL(service.url);
  url.hostname = host;
  url.port = String(port);
  return { ...service, url };
};

/** A proxy between the load and the service. */
async function beforeService(site: FaultSite): Promise<Preparation & { readonly proxy: FaultProxy }> {
  const { service } = site;
  const proxy = await faultProxy({
    upstream: service.url,
    seed: site.random('proxy').integer(2 ** 31),
    // Only our own load's connections are touched, wherever the service is.
    allowRemote: true,
  });
  return {
    proxy,
    service: routed(service, proxy),
    upstreamRequests: () => proxy.stats().httpRequests,
    release: () => proxy.close(),
  };
}

function upstreamOf({ upstreams }: RunningService, name: string): ServiceUpstream | undefined {
  return upstreams && Object.hasOwn(upstreams, name) ? upstreams[name] : undefined;
}

function canReachUpstream(site: FaultSite, name: string): Availability {
  const { service } = site;
  const known = Object.keys(service.upstreams ?? {});
  if (!upstreamOf(service, name)) {
    return needs(
      `an upstream “${name}” in the service’s config (${known.length === 0 ? 'it names none' : `known are ${known.join(', ')}`})`,
    );
  }
  return service.restart ? available : needs('a service that Preopen starts itself, to give it another address');
}

/** A proxy between the service, which is started again for it, and one of its upstreams. */
async function behindService(
  site: FaultSite,
  name: string,
  hostInUrl?: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Preparation & { readonly proxy: FaultProxy }> {
  const upstream = upstreamOf(site.service, name)!;
  const proxy = await faultProxy({
    upstream: upstream.url,
    seed: site.random('proxy').integer(2 ** 31),
    // Only this service's connections are touched, wherever they lead.
    allowRemote: true,
  });
  try {
    const url = new URL(upstream.url);
    url.hostname = hostInUrl ?? proxy.host;
    url.port = String(proxy.port);
    // A path that was not written must not become one.
    const address = upstream.url.endsWith('/') ? url.href : url.href.replace(/\/$/, '');
    const service = await site.startAgain((before) => ({
      ...more,
      ...(more.NODE_OPTIONS ? { NODE_OPTIONS: `${before.NODE_OPTIONS ?? ''} ${more.NODE_OPTIONS}`.trim() } : {}),
      [upstream.env]: address,
    }));
    return {
      proxy,
      service,
      upstreamRequests: () => proxy.stats().httpRequests,
      release: () => proxy.close(),
    };
  } catch (cause) {
    await proxy.close();
    throw cause;
  }
}

/** Keeps what a fault prepared until it is injected, for each site that it is used at. */
function remembering<Prepared extends Preparation>(
  prepare: (site: FaultSite) => Promise<Prepared>,
): { prepare: (site: FaultSite) => Promise<Preparation>; at: (site: FaultSite) => Prepared } {
  const prepared = new WeakMap<FaultSite, Prepared>();
  return {
    async prepare(site) {
      const made = await prepare(site);
      prepared.set(site, made);
      return made;
    },
    at(site) {
      const made = prepared.get(site);
      if (!made) throw new Error('the fault’s proxy was not set up: call prepare before inject');
      return made;
    },
  };
}

/**
 * A network fault: latency, bandwidth, time-outs, resets and the like, by the names of Toxiproxy, between the load and the
 * service or between the service and one of its upstreams.
 * @param toxics one or several at once
 * @throws InputError for a toxic that is not one
 */
export function networkFault(
  toxics: ToxicInput | readonly ToxicInput[],
  { durationMs, upstream, id }: NetworkFaultOptions,
): Fault {
  const all = (Array.isArray(toxics) ? (toxics as readonly ToxicInput[]) : [toxics as ToxicInput]).map(parseToxic);
  if (all.length === 0) throw new InputError('networkFault: expected a toxic, got none.');
  const { prepare, at } = remembering((site) =>
    upstream === undefined ? beforeService(site) : behindService(site, upstream),
  );
  const place = upstream === undefined ? 'between load and service' : `between service and ${upstream}`;
  return {
    id: id ?? idOf(all.map(({ type }) => type).join('-'), upstream),
    title: `${place}: ${all.map(describeToxic).join(', ')}, for ${durationMs} ms`,
    touches: upstream === undefined ? 'address' : 'processes',
    // What the service's retries do to an upstream, whoever else asks that feels.
    reaches: upstream === undefined ? 'target' : 'machine',
    network: upstream === undefined ? 'before the service' : 'behind the service',
    durationMs,
    async probe(site) {
      if (upstream !== undefined) return canReachUpstream(site, upstream);
      return site.service.url.protocol === 'http:'
        ? available
        : needs('an address without TLS: the certificate would not hold for the proxy');
    },
    prepare,
    async inject(site) {
      const { proxy } = at(site);
      const undos: (() => Promise<void>)[] = [];
      const undo = async (): Promise<void> => {
        for (const one of undos.splice(0)) await one();
      };
      try {
        for (const toxic of all) undos.push(await proxy.add(toxic));
      } catch (cause) {
        await undo();
        throw cause;
      }
      return undo;
    },
  };
}

/**
 * The name of one of the service's upstreams cannot be resolved (EAI_AGAIN), and connections that were open are broken once.
 * For services on Node, into which a resolver is loaded with `--require`; names are resolved within the process, so that
 * others cannot be reached from outside without privileges.
 */
export function nameFailure(upstream: string, { durationMs, id }: Omit<NetworkFaultOptions, 'upstream'>): Fault {
  const name = `${upstream.toLowerCase().replaceAll('_', '-')}.preopen.localhost`;
  const fileIn = (site: FaultSite): string => join(site.workDir, `${faultFilePrefix}name`);
  const preload = `--require "${distEntry('resolver-preload').replace(/["\\]/g, '\\$&')}"`;
  const { prepare, at } = remembering(async (site) => {
    const file = fileIn(site);
    const behind = await behindService(site, upstream, name, {
      [resolverVariables.name]: name,
      [resolverVariables.file]: file,
      NODE_OPTIONS: preload,
    });
    const loaded = readdirSync(site.workDir).filter((found) => found.startsWith(`${basename(file)}.loaded-`));
    // The service wrote them and will not take them away.
    for (const name of loaded) site.journal.before({ kind: 'remove', path: join(site.workDir, name) });
    if (loaded.length > 0) return behind;
    await behind.release();
    throw new Error(
      'the service does not load what NODE_OPTIONS names: the failure of its name resolution was not injected',
    );
  });
  return {
    id: id ?? idOf('dns', upstream),
    title: `the name of ${upstream} cannot be resolved, for ${durationMs} ms`,
    touches: 'processes',
    network: 'behind the service',
    durationMs,
    async probe(site) {
      const reachable = canReachUpstream(site, upstream);
      if (!reachable.isAvailable) return reachable;
      return runsProgram(site, nodePrograms)
        ? available
        : needs('a service on Node: the resolver of another cannot be replaced');
    },
    prepare,
    async inject(site) {
      const { proxy } = at(site);
      const file = fileIn(site);
      const undo = site.journal.before({ kind: 'remove', path: file });
      writeFileSync(file, '');
      // A connection that is kept needs no name: without this nobody would notice.
      await (await proxy.add({ type: 'reset_peer', timeoutMs: 0 }))();
      return undo;
    },
  };
}
