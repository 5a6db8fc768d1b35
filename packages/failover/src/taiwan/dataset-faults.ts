import { calendarErrors, rocDates, typhoon } from './faults/calendars.ts';
import { interruptionStorm, limitDownCascade, secondDay } from './faults/cascades.ts';
import { encodings } from './faults/encodings.ts';
import { exchangeHalt, partialOutage, staleFeed } from './faults/feed-gaps.ts';
import { duplicates, outOfOrder } from './faults/feed-rows.ts';
import { corporateActions, disposition } from './faults/securities.ts';
import type { DatasetTaiwanFault } from './taiwan-fault.ts';

/** The failure scenarios that come in a dataset. */
export const datasetTaiwanFaults: readonly DatasetTaiwanFault[] = [
  partialOutage,
  staleFeed,
  duplicates,
  outOfOrder,
  limitDownCascade,
  secondDay,
  interruptionStorm,
  exchangeHalt,
  typhoon,
  calendarErrors,
  rocDates,
  corporateActions,
  disposition,
  encodings,
];
