import { rm } from 'node:fs/promises';
import type { Check, CheckContext, CheckOutcome, MarketState, Measurement, Print } from '@preopen/core';
import { filesOf, runOn } from '../data/pipeline-check.ts';
import { readPrices } from '../data/price-table.ts';
import { sessionsOf } from './dataset-tables.ts';
import { findFrontier, frontierMeasurement } from './frontier.ts';
import { firstViolation, type Invariant, type Judged, judgeOne, notJudged } from './invariants.ts';
import type { TaiwanMarket } from './market.ts';
import { judgedOutcome } from './pipeline-check.ts';
import { printTaiwanFaults } from './print-faults.ts';
import { type LiveAnswer, type PrintTaiwanFault, readLive, regularPrints, withPrints } from './prints.ts';
import { trialScale } from './run-trials.ts';

const limitMs = 120_000;
const needed =
  'needs a pipeline that reads prints.csv, states.csv and as-of.csv and writes live.csv (asOfMs, stock, prediction, flag)';

const owedUnder = ({ judges }: PrintTaiwanFault): Invariant[] => ['survived', ...judges];
const named = (metric: string): string => metric.replace(/^(taiwan\.tw-\d+)\./, '$1.prints.');

/** How a pipeline is to be tried. */
export interface TaiwanPrintOptions {
  readonly faults?: readonly PrintTaiwanFault[];
  readonly intensity?: number;
  readonly frontierSteps?: number;
  readonly id?: string;
}

/**
 * Gives a pipeline that takes the prints of a session what feeds do to them. Any other is not measured: days and rows do not
 * show it.
 */
export function taiwanPrintsCheck(market: TaiwanMarket, options: TaiwanPrintOptions = {}): Check {
  const { faults = printTaiwanFaults, intensity = 1, frontierSteps = 3, id = 'failover/taiwan-prints' } = options;
  const metrics = faults.flatMap((fault) => [
    ...owedUnder(fault).map((invariant) => `taiwan.${fault.id}.prints.${invariant}`),
    ...(frontierSteps > 0 || intensity === 1 ? [`taiwan.${fault.id}.prints.frontier`] : []),
  ]);
  return {
    id,
    title: 'A pipeline that takes prints is given what feeds do to them',
    metrics,
    needs: ['pipeline'],
    exclusive: ['pipeline'],
    expectedMs: () => 30_000,
    timeoutMs: () => 1_800_000,
    run: (context) => runPrints(context, market, { faults, intensity, frontierSteps, metrics }),
  };
}

async function runPrints(
  context: CheckContext,
  market: TaiwanMarket,
  {
    faults,
    intensity,
    frontierSteps,
    metrics,
  }: Required<Omit<TaiwanPrintOptions, 'id'>> & { readonly metrics: readonly string[] },
): Promise<CheckOutcome> {
  const dataset = await context.datasetAt!(trialScale);
  const [files, panel] = [await filesOf(dataset.dir), await market.readDataset(dataset.dir)];
  await rm(dataset.dir, { recursive: true, force: true });
  if (dataset.truthDir !== undefined) await rm(dataset.truthDir, { recursive: true, force: true });
  const date = sessionsOf(readPrices(files)).at(-1)!;
  const prints = regularPrints(market.dayPrints(panel, date, context.seed));
  let runs = 0;
  const ask = async (given: readonly Print[], states?: readonly MarketState[]): Promise<LiveAnswer | string> => {
    const ran = await runOn(withPrints(files, given, states), `prints-${runs++}`, context, limitMs, 'live.csv');
    if (ran === 'hangs') return `it did not end within ${limitMs / 1000} s`;
    if (ran.end.code !== 0) return `it ended with ${ran.end.signal ?? `code ${ran.end.code}`}`;
    return readLive(ran.extra) ?? 'it wrote no live.csv';
  };
  const clean = await ask(prints);
  if (typeof clean === 'string') {
    const notMeasured = metrics.map((metric) => ({ metric, reason: needed }));
    return { measurements: [], notMeasured, series: [], evidence: [], notes: [`${needed}; this one: ${clean}`] };
  }
  const judge = async (fault: PrintTaiwanFault, at: number): Promise<Judged[]> => {
    // The same stream at each intensity: more of it strikes what less of it struck, and more.
    const trial = fault.damage(prints, at, context.random(`taiwan/${fault.id}/prints`));
    const beside: LiveAnswer[] = [];
    for (const other of trial.beside ?? []) {
      const said = other === prints ? clean : await ask(other);
      if (typeof said === 'string')
        return fault.judges.map((invariant) => notJudged(invariant, `a pipeline that ends on these prints; ${said}`));
      beside.push(said);
    }
    const answer = await ask(trial.faulty, trial.states);
    if (typeof answer === 'string') return [judgeOne('survived', answer)];
    return [judgeOne('survived', undefined), ...trial.judge(answer, beside)];
  };
  const measurements: Measurement[] = [];
  const notMeasured: { metric: string; reason: string }[] = [];
  const notes: string[] = [];
  for (const fault of faults) {
    context.signal.throwIfAborted();
    context.emit({ type: 'progress', message: `${fault.id}: ${fault.title}` });
    const judged = await judge(fault, intensity);
    const outcome = judgedOutcome(fault.id, owedUnder(fault), judged);
    measurements.push(...outcome.measurements.map((one) => ({ ...one, metric: named(one.metric) })));
    notMeasured.push(...outcome.notMeasured.map((one) => ({ ...one, metric: named(one.metric) })));
    const why = firstViolation(judged);
    notes.push(`${fault.id} in prints at intensity ${intensity}: ${why ?? 'borne'}.`);
    if (frontierSteps === 0 && !(why === undefined && intensity === 1)) continue;
    const found = frontierMeasurement(
      fault.id,
      await findFrontier(async (at) => (at === intensity ? why : firstViolation(await judge(fault, at))), {
        steps: frontierSteps,
      }),
    );
    measurements.push({ ...found, metric: named(found.metric) });
  }
  return { measurements, notMeasured, series: [], evidence: [], notes };
}
