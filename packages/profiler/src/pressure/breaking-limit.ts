/** Limits between which a workload breaks, in bytes. */
export interface BreakingLimit {
  /** Smallest limit at which it still did its work. */
  readonly worksBytes: number;
  /** Largest limit at which it did not; `undefined` if it worked at the floor. */
  readonly breaksBytes: number | undefined;
}

/** Where to look for it. */
export interface BreakingSearch {
  /** A limit that should suffice; it is raised if it does not. */
  readonly fromBytes: number;
  /** Below it the search ends. */
  readonly floorBytes: number;
  /** The two limits are at most this far apart in the end. Default 1.1. */
  readonly precision?: number;
}

/** How often a starting point that does not suffice is doubled. */
const doublings = 5;

/**
 * Searches the limit at which a workload breaks, by halving on a logarithmic scale: what works at one limit is taken to work
 * at all larger ones.
 * @param worksAt runs the workload once at a limit
 * @returns `undefined` if it does not work even at 32 times the starting point
 */
export async function findBreakingLimit(
  worksAt: (bytes: number) => Promise<boolean>,
  { fromBytes, floorBytes, precision = 1.1 }: BreakingSearch,
): Promise<BreakingLimit | undefined> {
  let works = fromBytes;
  let breaks: number | undefined;
  for (let k = 0; !(await worksAt(works)); k++) {
    if (k === doublings) return undefined;
    breaks = works;
    works *= 2;
  }
  // The floor itself is tried last: that a runtime does not start at it is the usual end, and needs no run.
  let low = breaks ?? floorBytes;
  while (works / low > precision) {
    const middle = Math.sqrt(works * low);
    if (await worksAt(middle)) works = middle;
    else {
      low = middle;
      breaks = middle;
    }
  }
  return { worksBytes: works, breaksBytes: breaks };
}
