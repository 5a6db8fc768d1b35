import type { PairedRatio } from '../paired-ratio.ts';
import type { GcComparison, GcReport } from './gc-experiment.ts';

const ratioText = ({ ratio, interval }: PairedRatio): string =>
  `×${ratio.toFixed(2)} (${interval.low.toFixed(2)} to ${interval.high.toFixed(2)})`;

function comparisonText({ setting, mean, ratio, broke, rounds }: GcComparison): string {
  if (broke !== undefined) return `${setting.name}: it breaks: ${broke}`;
  const { workMs, p95Ms, gcShare, peakBytes } = mean;
  const figures = [
    `time ${workMs.toFixed(1)} ms${ratio ? ` ${ratioText(ratio.work)}` : ''}`,
    ...(p95Ms === undefined ? [] : [`P95 ${p95Ms.toFixed(1)} ms${ratio?.p95 ? ` ${ratioText(ratio.p95)}` : ''}`]),
    `collecting garbage ${(gcShare * 100).toFixed(1)} %`,
    ...(Number.isNaN(peakBytes)
      ? []
      : [`peak ${(peakBytes / 1e6).toFixed(0)} MB${ratio?.peak ? ` ${ratioText(ratio.peak)}` : ''}`]),
  ];
  return `${setting.name} (${rounds} rounds): ${figures.join(', ')}`;
}

/** An experiment in sentences; ratios are to the first setting. */
export function gcSentences({ comparisons, advice, confidence }: GcReport): string[] {
  const flagsOf = (flags: readonly string[]): string => `NODE_OPTIONS="${flags.join(' ')}"`;
  return [
    ...comparisons.map(comparisonText),
    ...advice.map(({ kind, setting }) => {
      const { ratio } = comparisons.find((one) => one.setting === setting)!;
      const speed = ratio!.p95 ? `P95 ${ratioText(ratio!.p95)}` : `time ${ratioText(ratio!.work)}`;
      const memory = ratio!.peak ? `, peak memory ${ratioText(ratio!.peak)}` : '';
      return `measured ${kind}: ${flagsOf(setting.flags)}: ${speed}${memory}`;
    }),
    ...(advice.length === 0 ? ['no setting was measured better than V8’s own: leave it as it is'] : []),
    `intervals at ${(confidence * 100).toFixed(1)} % each, so that all of them hold at 95 %; settings took turns in a drawn order`,
  ];
}
