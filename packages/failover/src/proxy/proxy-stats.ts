/** What a proxy has seen since it was opened. */
export interface ProxyStats {
  /** Connections that were accepted. */
  readonly connections: number;
  /** Connections open now. */
  readonly open: number;
  /** Connections for which the upstream could not be reached. */
  readonly upstreamFailures: number;
  /** Bytes that were handed to the upstream. */
  readonly upstreamBytes: number;
  /** Bytes that were handed to clients. */
  readonly downstreamBytes: number;
  /** HTTP/1 requests that were handed to the upstream: more of them than were asked for are retries. */
  readonly httpRequests: number;
}

/** Where each count stands in the memory that the proxy's thread writes and others read. */
export const statSlots: Readonly<Record<keyof ProxyStats, number>> = {
  connections: 0,
  open: 1,
  upstreamFailures: 2,
  upstreamBytes: 3,
  downstreamBytes: 4,
  httpRequests: 5,
};

/** Counts that another thread may read at any time: one thread writes, and a double is written whole. */
export function sharedStats(): Float64Array {
  return new Float64Array(new SharedArrayBuffer(Object.keys(statSlots).length * Float64Array.BYTES_PER_ELEMENT));
}

/** The counts as they are now. */
export function readStats(counts: Float64Array): ProxyStats {
  return Object.fromEntries(
    Object.entries(statSlots).map(([name, slot]) => [name, counts[slot]!]),
  ) as unknown as ProxyStats;
}
