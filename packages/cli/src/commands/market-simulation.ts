import { writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { InputError } from '@preopen/core';
import {
  allScenarios,
  anyScenario,
  comparePanels,
  panelChart,
  periodChart,
  readAnyMarketData,
  scenarioDataset,
  simulatedDataset,
  simulatePeriod,
} from '@preopen/market-tw';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type Streams, stylesOf } from '../streams.ts';
import { type Cell, layoutTable } from '../terminal/table.ts';

const print = (streams: Streams, value: unknown): void => void streams.out.write(`${JSON.stringify(value, null, 2)}\n`);

/** The flags of `preopen market simulate`. */
export interface SimulateFlags {
  readonly stocks: number;
  readonly days: number;
  readonly seed: number;
  readonly scenario?: string;
  readonly period?: string;
  readonly severity: number;
  readonly out: string;
  readonly json?: boolean;
}

/** `preopen market simulate`: writes a simulated market as a dataset folder. */
export async function simulateCommand(flags: SimulateFlags, streams: Streams): Promise<ExitCode> {
  const { stocks, days, seed, scenario, period, severity, out, json } = flags;
  if (scenario !== undefined && period !== undefined)
    throw new InputError('--scenario and --period: a market is put under one of them, not both. Leave one out.', {
      code: 'E109',
    });
  const id = scenario ?? period;
  const source = id === undefined ? simulatedDataset() : scenarioDataset(anyScenario(id), severity);
  const dataset = await source({ dir: resolve(out), stocks, days, seed, signal: new AbortController().signal });
  if (json) print(streams, dataset);
  else streams.out.write(`${dataset.dir}: ${dataset.stocks} stocks × ${dataset.days} days, ${dataset.digest}\n`);
  return exitCodes.ok;
}

/** `preopen market scenarios`: what markets can be simulated under. */
export function scenariosCommand({ json }: { readonly json?: boolean }, streams: Streams): ExitCode {
  if (json) {
    print(
      streams,
      allScenarios.map(({ id, title, story, source, hypothetical }) => ({ id, title, story, source, hypothetical })),
    );
    return exitCodes.ok;
  }
  const { out } = stylesOf(streams, 'auto');
  const rows = allScenarios.map(({ id, title, hypothetical }): Cell[] => [
    { text: id },
    { text: hypothetical ? 'hypothetical' : 'has happened' },
    { text: title },
  ]);
  streams.out.write(`${layoutTable(rows, out.columns).join('\n')}\n`);
  return exitCodes.ok;
}

/** `preopen market compare A B`: statistics side by side. */
export async function compareMarketsCommand(
  a: string,
  b: string,
  { json }: { readonly json?: boolean },
  streams: Streams,
): Promise<ExitCode> {
  const [{ panel: first }, { panel: second }] = [await readAnyMarketData([a]), await readAnyMarketData([b])];
  const statistics = comparePanels(first, second);
  if (json) {
    print(streams, {
      a: { path: a, from: first.dates[0], to: first.dates.at(-1) },
      b: { path: b, from: second.dates[0], to: second.dates.at(-1) },
      statistics: statistics.map(({ statistic, label, a: ofA, b: ofB }) => ({ statistic, label, a: ofA, b: ofB })),
    });
    return exitCodes.ok;
  }
  const { out } = stylesOf(streams, 'auto');
  const rows = [
    [{ text: '' }, { text: basename(a), align: 'right' }, { text: basename(b), align: 'right' }] as Cell[],
    ...statistics.map(({ label, aText, bText }): Cell[] => [
      { text: label },
      { text: aText, align: 'right' },
      { text: bText, align: 'right' },
    ]),
  ];
  streams.out.write(`${layoutTable(rows, out.columns).join('\n')}\n`);
  return exitCodes.ok;
}

/** The flags of `preopen market plot`. */
export interface PlotFlags {
  readonly period?: string;
  readonly stocks: number;
  readonly seed: number;
  readonly out: string;
}

/** `preopen market plot`: panels, or a simulated period beside the real index, as SVG. */
export async function plotCommand(data: readonly string[], flags: PlotFlags, streams: Streams): Promise<ExitCode> {
  const { period, stocks, seed, out } = flags;
  if ((period === undefined) === (data.length === 0))
    throw new InputError('market plot: name market data to draw, or a --period to simulate; not both.', {
      code: 'E109',
    });
  const panels: { name: string; panel: Awaited<ReturnType<typeof readAnyMarketData>>['panel'] }[] = [];
  for (const path of data) panels.push({ name: basename(path), panel: (await readAnyMarketData([path])).panel });
  await writeFile(
    out,
    period === undefined ? panelChart(panels) : periodChart(simulatePeriod({ period, stocks, seed })),
  );
  streams.out.write(`${out}\n`);
  return exitCodes.ok;
}
