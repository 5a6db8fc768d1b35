// The whole feature cycle of one market: every factor, then features generated of them in the manner of OpenFE, on all days as
// training days. The limit of the specification, half an hour, stands beside as the peer.
import { forwardReturns, simulateMarket } from '@preopen/market-tw';
import {
  computeFeaturesInParallel,
  fundamentalsOf,
  generateFeatures,
  marketColumns,
  operators,
} from '@preopen/pipeline';

const [stocks, days] = [2000, 252];
const limitS = 30 * 60;
const { panel, figures } = simulateMarket({ stocks, days, seed: 42 });
const start = performance.now();
const features = await computeFeaturesInParallel(panel, { fundamentals: fundamentalsOf(figures, panel) });
const computed = performance.now();
const label = operators.crossSectionalRank(forwardReturns(panel, 1), { days, stocks });
const found = await generateFeatures(features, label, {
  trainFrom: 20,
  trainTo: days,
  horizonDays: 1,
  groups: marketColumns(panel).sectors,
  onProgress: ({ message, fraction }) => process.stderr.write(`${Math.round(100 * fraction)} %: ${message}\n`),
});
const seconds = (performance.now() - start) / 1000;
const peakMb = process.resourceUsage().maxRSS / 1024;
console.log(
  JSON.stringify({
    rows: [
      {
        name: `feature cycle: ${features.names.length} factors, then ${found.length} generated ones, ${stocks} × ${days}`,
        unit: 's',
        better: 'lower',
        ours: seconds,
        peer: { name: 'limit of the specification', value: limitS },
        ratio: seconds / limitS,
        note: `factors ${((computed - start) / 1000).toFixed(1)} s, generation ${((performance.now() - computed) / 1000).toFixed(1)} s; ${peakMb.toFixed(0)} MB at most, with the market; the best: ${found
          .slice(0, 3)
          .map(({ name }) => name)
          .join(', ')}`,
      },
    ],
  }),
);
