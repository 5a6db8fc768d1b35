// Writes the picture of the README: a simulated period beside the real index; after a build.
// Usage: node scripts/draw-period.mjs covid-2020 > docs/covid-2020.svg
import { periodChart, simulatePeriod } from '../dist/index.js';

process.stdout.write(periodChart(simulatePeriod({ period: process.argv[2], stocks: 1700, seed: 1 })));
