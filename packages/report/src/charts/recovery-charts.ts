import { formatQuantity } from '@preopen/core';
import { formatValue } from '../format.ts';
import { type ChartBuilder, gapless, numbers, rowOfLargest, term } from './context.ts';

/** Requests around a fault: answered and failed above, the slowest response below, on one time axis for all faults. */
export const recoveryChart: ChartBuilder = (series, context) => {
  const seconds = gapless(series, 'since fault');
  const answered = gapless(series, 'answered');
  const failed = gapless(series, 'failed');
  if (!seconds || !answered || !failed) return undefined;
  const slowest = numbers(series, 'slowest response');
  const worst = slowest ? rowOfLargest(slowest) : -1;
  const afterFault = (values: readonly number[]): string =>
    values.reduce((total, value, row) => total + (seconds[row]! >= 0 ? value : 0), 0).toLocaleString('en-US');
  // The check counts to the request; a tenth of a second around the fault holds some of before it.
  const counted = (figure: string): string | undefined => {
    const found = context.check.measurements.find(({ metric }) => metric === `${series.id}.${figure}`);
    return found && formatValue(found);
  };
  return {
    chart: {
      positions: {
        kind: 'number',
        name: term(context, 'since fault'),
        unit: 's',
        scale: 'linear',
        values: seconds,
        ...(context.faultSpan ? { ends: context.faultSpan } : {}),
      },
      panels: [
        {
          name: term(context, 'requests'),
          unit: 'count',
          scale: 'linear',
          share: 0.5,
          marks: [
            { name: term(context, 'answered'), kind: 'stack', tone: 2, values: answered },
            { name: term(context, 'failed'), kind: 'stack', tone: 'bad', values: failed },
          ],
        },
        ...(slowest && worst >= 0
          ? [
              {
                name: term(context, 'slowest response'),
                unit: 'ms' as const,
                scale: 'log' as const,
                share: 0.5,
                marks: [
                  { name: term(context, 'slowest response'), kind: 'line' as const, tone: 1 as const, values: slowest },
                ],
              },
            ]
          : []),
      ],
      moments: [{ at: 0, label: context.words.labels.fault }],
    },
    ...(slowest && worst >= 0
      ? {
          caption: context.words.captions.recovery({
            failed: counted('failedRequests') ?? afterFault(failed),
            answered: afterFault(answered),
            slowest: counted('slowestResponse') ?? formatQuantity(slowest[worst]!, 'ms'),
          }),
        }
      : {}),
  };
};
