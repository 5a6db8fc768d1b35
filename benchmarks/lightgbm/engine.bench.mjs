// What `npm run bench` runs: run.mjs with JSON output, on a panel small enough for a coffee break.
process.argv.push('--json', '--rows', '300000', '--iterations', '30', '--rounds', '2');
await import('./run.mjs');
