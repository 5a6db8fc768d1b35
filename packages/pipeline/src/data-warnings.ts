import { type Finding, type MarketData, type Panel, qualityReport } from '@preopen/market-tw';

type Tested = Extract<Finding, { outcome: 'tested' }>;

/** Holes in the calendar of simulated and old markets are told where they matter: as days without a trade. */
const toldElsewhere = ['missing-session', 'closed-day'];

/**
 * What is suspicious about the market data that a pipeline is to run on, a line for each kind, with its first place: true data
 * have hardly any of it, and whoever reads predictions wants to know.
 */
export function dataWarnings(data: MarketData | Panel): string[] {
  return qualityReport(data, { examples: 1 })
    .findings.filter((finding): finding is Tested => finding.outcome === 'tested' && finding.count > 0)
    .filter(({ severity, kind }) => severity !== 'info' && !toldElsewhere.includes(kind))
    .map(({ kind, what, count, examples }) => {
      const [first] = examples;
      const where = first?.file === undefined ? '' : `${first.file}:${first.line}: `;
      const example = first ? `; the first is ${first.stock} on ${first.date}: ${where}${first.value}` : '';
      return `warning: ${kind}: ${count} suspicious of ${what}${example}`;
    });
}
