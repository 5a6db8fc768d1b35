import type { Measurement } from '@preopen/core';
import type { TaiwanFaultId } from './taiwan-fault.ts';

/** The resilience frontier of a fault: between what held and what did not. */
export interface Frontier {
  /** The largest intensity at which all requirements held; 0 is no fault. */
  readonly holdsAt: number;
  /** The smallest above it at which one did not; 1 too where all of it is borne. */
  readonly failsAt: number;
  /** What did not hold there. */
  readonly why: string | undefined;
  /** Intensities that were tried. */
  readonly tried: number;
}

/**
 * Finds by bisection the largest intensity at which the requirements hold. Intensity 0 is no fault and holds by definition; 1
 * is tried first, since most targets bear a fault whole or fail early. Where requirements hold again above an intensity at
 * which they did not, the frontier found is one of several.
 * @param whyNot says what does not hold at an intensity, `undefined` if all does
 * @param steps bisections after the first try; the bracket is 2^−steps wide
 */
export async function findFrontier(
  whyNot: (intensity: number) => Promise<string | undefined>,
  { steps }: { readonly steps: number },
): Promise<Frontier> {
  let why = await whyNot(1);
  if (why === undefined) return { holdsAt: 1, failsAt: 1, why, tried: 1 };
  let [holdsAt, failsAt] = [0, 1];
  for (let step = 0; step < steps; step++) {
    const middle = (holdsAt + failsAt) / 2;
    const found = await whyNot(middle);
    if (found === undefined) holdsAt = middle;
    else {
      failsAt = middle;
      why = found;
    }
  }
  return { holdsAt, failsAt, why, tried: steps + 1 };
}

/** The metric of a fault's frontier. */
export const frontierMetric = (id: TaiwanFaultId): string => `taiwan.${id}.frontier`;

/** A frontier as a measurement: what held, and the bisection's bracket as its interval. */
export function frontierMeasurement(id: TaiwanFaultId, { holdsAt, failsAt, why, tried }: Frontier): Measurement {
  return {
    metric: frontierMetric(id),
    value: holdsAt,
    unit: 'ratio',
    samples: tried,
    // Each intensity is tried once, and what holds at one is taken to hold below it: likely, and not certain.
    interval: { low: holdsAt, high: failsAt, confidence: 0.95, method: 'bisection-bracket' },
    how:
      why === undefined
        ? 'held at intensity 1: all of the fault is borne'
        : `held at ${holdsAt} and not at ${failsAt}: ${why}`,
  };
}
