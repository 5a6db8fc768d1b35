// A trading day of 2000 stocks as events: how many a second are generated on one core, as batches and as objects.
import { eventsOf, intradayDay, simulateMarket } from '@preopen/market-tw';

const { panel } = simulateMarket({ stocks: 2000, days: 2, seed: 42 });
const day = intradayDay({ panel, date: panel.dates[1], seed: 1 });
const rows = [];
const row = (name, ours, note) =>
  rows.push({ name, unit: 'events/s', better: 'higher', ours, peer: null, ratio: null, note });

let best = 0;
let events = 0;
for (let k = 0; k < 3; k++) {
  events = 0;
  const start = performance.now();
  for (const batch of day.batches()) events += batch.count;
  best = Math.max(best, events / ((performance.now() - start) / 1000));
}
process.stderr.write(`${events} events\n`);
row(`a day of ${events} events, as batches`, best, 'required: 500,000 a second on one core');

let volume = 0;
const start = performance.now();
for (const batch of day.batches()) for (const event of eventsOf(batch, day.stocks)) volume += event.volume;
row('the same as objects', events / ((performance.now() - start) / 1000), `${volume} shares`);
console.log(JSON.stringify({ rows }));
