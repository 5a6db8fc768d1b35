import type { Fault, FaultSite, Preparation, Undo } from '../fault.ts';

/** A fault with others at the same time; what one needs all need, and all is undone in the other order. */
export function compound(
  { id, title, durationMs }: Pick<Fault, 'id' | 'title' | 'durationMs'>,
  faults: readonly Fault[],
): Fault {
  return {
    id,
    title,
    durationMs,
    touches: faults.some(({ touches }) => touches === 'processes') ? 'processes' : 'address',
    async probe(site) {
      for (const fault of faults) {
        const found = await fault.probe(site);
        if (!found.isAvailable) return found;
      }
      return { isAvailable: true };
    },
    async prepare(site): Promise<Preparation> {
      const made: Preparation[] = [];
      for (const fault of faults) {
        const preparation = await fault.prepare?.(site);
        if (preparation) made.push(preparation);
      }
      const counting = made.find(({ upstreamRequests }) => upstreamRequests !== undefined);
      return {
        service: made.at(-1)?.service ?? site.service,
        ...(counting?.upstreamRequests ? { upstreamRequests: counting.upstreamRequests } : {}),
        async release() {
          for (const preparation of made.toReversed()) await preparation.release();
        },
      };
    },
    async inject(site: FaultSite) {
      const undos: Undo[] = [];
      const undo = async (): Promise<void> => {
        for (const one of undos.splice(0).toReversed()) await one();
      };
      try {
        for (const fault of faults) undos.push(await fault.inject(site));
      } catch (cause) {
        await undo();
        throw cause;
      }
      return undo;
    },
  };
}
