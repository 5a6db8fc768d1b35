import { InputError } from '@preopen/core';
import { readLineBlocks } from './csv-lines.ts';
import { haltStates, type Panel } from './panel.ts';

/**
 * A stock that does not trade has no row in the prices; why it does not is in a file of its own, `halts.csv`: date, stock
 * and state, for every stock-day without a trade that the panel knows the reason of.
 */
const header = 'date,stock,state';

/** Names of the states in the file, by number. */
const names = Object.keys(haltStates) as (keyof typeof haltStates)[];

/** Whether a panel tells why stocks do not trade. */
export function hasHalts({ fields }: Panel): boolean {
  return fields.haltState.some((state) => !Number.isNaN(state));
}

export function* haltLines(panel: Panel): Generator<string> {
  const n = panel.stocks.length;
  const { haltState } = panel.fields;
  yield `${header}\n`;
  for (let at = 0; at < haltState.length; at++) {
    if (haltState[at]! > haltStates.traded)
      yield `${panel.dates[Math.floor(at / n)]},${panel.stocks[at % n]!.code},${names[haltState[at]!]}\n`;
  }
}

/** Reads a halts file into a panel: `traded` where there is a close, the state of the file where it names one. */
export async function readHalts(path: string, panel: Panel): Promise<void> {
  const n = panel.stocks.length;
  const { haltState, close } = panel.fields;
  const dayAt = new Map(panel.dates.map((date, t) => [date, t]));
  const stockAt = new Map(panel.stocks.map(({ code }, i) => [code, i]));
  for (let at = 0; at < close.length; at++) haltState[at] = Number.isNaN(close[at]!) ? Number.NaN : haltStates.traded;
  for await (const { lines, firstLine } of readLineBlocks(path)) {
    for (let k = 0; k < lines.length; k++) {
      const line = lines[k]!.replace(/\r$/, '');
      if (line === '' || (firstLine + k === 1 && line === header)) continue;
      const [date = '', stock = '', name = ''] = line.split(',');
      const state = names.indexOf(name as keyof typeof haltStates);
      const [t, i] = [dayAt.get(date), stockAt.get(stock)];
      if (state < 0 || t === undefined || i === undefined) {
        throw new InputError(
          `${path}:${firstLine + k}: expected a date and a stock of the prices and one of ${names.join(', ')}; got “${line.slice(0, 80)}”.`,
          { code: 'E202', at: `${path}:${firstLine + k}` },
        );
      }
      haltState[t * n + i] = state;
    }
  }
}
