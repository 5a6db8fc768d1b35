import { InputError } from '@preopen/core';
import { type FaultProxy, faultProxy } from './fault-proxy.ts';
import type { Toxic } from './toxic.ts';
import { fromWire, recordOf, toWire, type WireToxic } from './wire-toxic.ts';

/** A proxy as it travels over HTTP. */
export interface WireProxy {
  readonly name: string;
  /** `127.0.0.1:PORT`. */
  readonly listen: string;
  readonly upstream: string;
  /** A proxy that is not enabled does not listen. */
  readonly enabled: boolean;
  readonly toxics: readonly WireToxic[];
}

/** What was asked for is not there, or there already: with the status that HTTP has for it. */
export class RefusedError extends Error {
  readonly status: number;
  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** How a proxy is switched off: as with Toxiproxy that is no toxic that anybody sees. */
const disabled = 'preopen/disabled';

interface Entry {
  readonly name: string;
  upstream: string;
  enabled: boolean;
  proxy: FaultProxy;
  readonly toxics: Map<string, Toxic>;
}

const wireOf = ({ name, upstream, enabled, proxy, toxics }: Entry): WireProxy => ({
  name,
  listen: `${proxy.host}:${proxy.port}`,
  upstream,
  enabled,
  toxics: [...toxics.values()].map(toWire),
});

function text(value: unknown, field: string): string {
  if (typeof value !== 'string' || value === '')
    throw new InputError(`${field}: expected a text that is not empty, got ${JSON.stringify(value) ?? 'nothing'}`);
  return value;
}

function truth(value: unknown, field: string): boolean {
  if (typeof value !== 'boolean')
    throw new InputError(`${field}: expected true or false, got ${JSON.stringify(value)}`);
  return value;
}

function onlyFields(given: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  const stray = Object.keys(given).find((field) => !known.includes(field));
  if (stray !== undefined) throw new InputError(`proxy: unknown field “${stray}”; known are ${known.join(', ')}`);
}

/** Some proxies by name, with their toxics: what a control server speaks of. One order after the other. */
export class ProxyBook {
  readonly #entries = new Map<string, Entry>();
  readonly #seed: number;
  readonly #allowRemote: boolean;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ seed, allowRemote }: { readonly seed: number; readonly allowRemote: boolean }) {
    this.#seed = seed;
    this.#allowRemote = allowRemote;
  }

  proxies(): Readonly<Record<string, WireProxy>> {
    return Object.fromEntries([...this.#entries].map(([name, entry]) => [name, wireOf(entry)]));
  }

  proxy(name: string): WireProxy {
    return wireOf(this.#entry(name));
  }

  toxic(proxyName: string, name: string): WireToxic {
    return toWire(this.#toxic(this.#entry(proxyName), name));
  }

  /** @throws InputError; RefusedError where there is one of that name */
  create(given: unknown): Promise<WireProxy> {
    return this.#inTurn(async () => {
      const fields = recordOf(given, 'proxy');
      onlyFields(fields, ['name', 'listen', 'upstream', 'enabled', 'toxics']);
      const name = text(fields.name, 'name');
      const upstream = text(fields.upstream, 'upstream');
      const enabled = truth(fields.enabled ?? true, 'enabled');
      const listen =
        fields.listen === undefined || fields.listen === '' ? '127.0.0.1:0' : text(fields.listen, 'listen');
      if (this.#entries.has(name)) throw new RefusedError(409, `proxy already exists: ${name}`);
      const proxy = await this.#open(listen, upstream);
      const entry: Entry = { name, upstream, enabled: true, proxy, toxics: new Map() };
      this.#entries.set(name, entry);
      if (!enabled) await this.#enable(entry, false);
      return wireOf(entry);
    });
  }

  /** Switches a proxy on or off, or gives it other addresses: what it had open is broken then. */
  update(name: string, given: unknown): Promise<WireProxy> {
    return this.#inTurn(async () => {
      const entry = this.#entry(name);
      const fields = recordOf(given, 'proxy');
      onlyFields(fields, ['name', 'listen', 'upstream', 'enabled', 'toxics']);
      const before = wireOf(entry);
      const listen = text(fields.listen || before.listen, 'listen');
      const upstream = text(fields.upstream || before.upstream, 'upstream');
      const enabled = truth(fields.enabled ?? before.enabled, 'enabled');
      if (listen !== before.listen || upstream !== before.upstream) await this.#move(entry, listen, upstream);
      if (enabled !== entry.enabled) await this.#enable(entry, enabled);
      return wireOf(entry);
    });
  }

  remove(name: string): Promise<void> {
    return this.#inTurn(async () => {
      const { proxy } = this.#entry(name);
      this.#entries.delete(name);
      await proxy.close();
    });
  }

  addToxic(proxyName: string, given: unknown): Promise<WireToxic> {
    return this.#inTurn(async () => {
      const entry = this.#entry(proxyName);
      const toxic = fromWire(given);
      if (entry.toxics.has(toxic.name)) throw new RefusedError(409, `toxic already exists: ${toxic.name}`);
      await entry.proxy.add(toxic);
      entry.toxics.set(toxic.name, toxic);
      return toWire(toxic);
    });
  }

  changeToxic(proxyName: string, name: string, given: unknown): Promise<WireToxic> {
    return this.#inTurn(async () => {
      const entry = this.#entry(proxyName);
      const before = this.#toxic(entry, name);
      const toxic = fromWire(given, before);
      // Which connections are struck is drawn anew with another share of them.
      if (toxic.toxicity !== before.toxicity || toxic.type !== before.type || toxic.stream !== before.stream)
        await entry.proxy.remove(name);
      await entry.proxy.add(toxic);
      entry.toxics.set(name, toxic);
      return toWire(toxic);
    });
  }

  removeToxic(proxyName: string, name: string): Promise<void> {
    return this.#inTurn(async () => {
      const entry = this.#entry(proxyName);
      this.#toxic(entry, name);
      await entry.proxy.remove(name);
      entry.toxics.delete(name);
    });
  }

  /** All proxies are on and without toxics afterwards. */
  reset(): Promise<void> {
    return this.#inTurn(async () => {
      for (const entry of this.#entries.values()) {
        for (const name of entry.toxics.keys()) await entry.proxy.remove(name);
        entry.toxics.clear();
        if (!entry.enabled) await this.#enable(entry, true);
      }
    });
  }

  /** Creates each of a list of proxies, or puts the one of that name in its place. */
  async populate(given: unknown): Promise<readonly WireProxy[]> {
    if (!Array.isArray(given)) throw new InputError('expected a JSON array of proxies');
    const made: WireProxy[] = [];
    for (const one of given as readonly unknown[]) {
      const name = text(recordOf(one, 'proxy').name, 'name');
      if (this.#entries.has(name)) await this.remove(name);
      made.push(await this.create(one));
    }
    return made;
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      const entries = [...this.#entries.values()];
      this.#entries.clear();
      await Promise.all(entries.map(({ proxy }) => proxy.close()));
    });
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry) return entry;
    const known = [...this.#entries.keys()];
    throw new RefusedError(
      404,
      `proxy not found: ${name}; ${known.length > 0 ? `there are ${known.join(', ')}` : 'there is none'}`,
    );
  }

  #toxic({ toxics }: Entry, name: string): Toxic {
    const toxic = toxics.get(name);
    if (toxic) return toxic;
    const known = [...toxics.keys()];
    throw new RefusedError(
      404,
      `toxic not found: ${name}; ${known.length > 0 ? `there are ${known.join(', ')}` : 'there is none'}`,
    );
  }

  #open(listen: string, upstream: string): Promise<FaultProxy> {
    return faultProxy({ listen, upstream, seed: this.#seed, allowRemote: this.#allowRemote });
  }

  async #enable(entry: Entry, enabled: boolean): Promise<void> {
    if (enabled) await entry.proxy.remove(disabled);
    else await entry.proxy.add({ type: 'down', name: disabled });
    entry.enabled = enabled;
  }

  async #move(entry: Entry, listen: string, upstream: string): Promise<void> {
    const before = wireOf(entry);
    await entry.proxy.close();
    try {
      entry.proxy = await this.#open(listen, upstream);
      entry.upstream = upstream;
    } catch (cause) {
      // The old place is better than none.
      entry.proxy = await this.#open(before.listen, before.upstream);
      throw cause;
    } finally {
      for (const toxic of entry.toxics.values()) await entry.proxy.add(toxic);
      if (!entry.enabled) await this.#enable(entry, false);
    }
  }

  #inTurn<Result>(order: () => Promise<Result>): Promise<Result> {
    const done = this.#last.catch(() => undefined).then(order);
    this.#last = done;
    return done;
  }
}
