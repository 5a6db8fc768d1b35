import type { SessionEvents } from '../simulation/session-events.ts';

/** What each part is where nothing happens. */
const neutral: Readonly<Record<string, number>> = {
  ownVolatility: 1,
  range: 1,
  turnover: 1,
};

/** A session's events at a severity from 0 to 1: every part in a straight line from nothing to its full size. */
export function scaleEvents(events: SessionEvents, severity: number): SessionEvents {
  if (severity === 0) return {};
  const scaled: Record<string, unknown> = {};
  for (const [part, value] of Object.entries(events)) {
    if (part === 'sectorReturn') {
      const { sector, logReturn } = events.sectorReturn!;
      scaled[part] = { sector, logReturn: logReturn * severity };
    } else if (part === 'isClosed' || part === 'indexFloor') {
      // A rule holds or does not: a threshold does not shrink with the fall that meets it.
      scaled[part] = value;
    } else {
      const rest = neutral[part] ?? 0;
      scaled[part] = rest + ((value as number) - rest) * severity;
    }
  }
  return scaled;
}
