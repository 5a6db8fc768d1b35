// Self-verification with known truths: `npm run build && node scripts/verify.mjs [compare ab attempts history bytes]`;
// `bytes certificate` and `bytes results` are the halves of the last.
// Seeded, so that it prints the same on every machine; ends with 1 if a goal is missed. Tests hold a short version.
import { generateKeyPairSync } from 'node:crypto';
import { createRandom } from '@preopen/core';
import { decideTwoBuilds, guardedScan, judgeSideBySide, poolAttempts, verify } from '../dist/index.js';
import { aShortCertificate } from './short-certificate.mjs';
import { singleByteChanges } from './single-byte-changes.mjs';

const print = (text) => process.stdout.write(`${text}\n`);
const wanted = process.argv.slice(2);
const isWanted = (name) => wanted.length === 0 || wanted.includes(name);
let missed = 0;
const goal = (text, isMet) => {
  if (!isMet) missed++;
  print(`${isMet ? 'met   ' : 'MISSED'}  ${text}`);
};
const percent = (count, of) => `${((100 * count) / of).toFixed(2)} %`;

/** Logarithms of a series of runs without an effect, with a spread of `cv` between runs, in five kinds of noise. */
const noises = {
  normal: (random, n, cv) => Array.from({ length: n }, () => cv * random.normal()),
  // Student t with 3 degrees of freedom, scaled to the same spread.
  t3: (random, n, cv) =>
    Array.from({ length: n }, () => {
      const chi = random.normal() ** 2 + random.normal() ** 2 + random.normal() ** 2;
      return (cv * random.normal()) / Math.sqrt(chi);
    }),
  // 30 % of the runs are 8 % slower.
  bimodal: (random, n, cv) =>
    Array.from({ length: n }, () => cv * random.normal() + (random.uniform() < 0.3 ? 0.08 : 0)),
  // Each run is 1 % slower than the one before.
  drift: (random, n, cv) => Array.from({ length: n }, (_, i) => cv * random.normal() + 0.01 * i),
  walk: (random, n, cv) => {
    let level = 0;
    return Array.from({ length: n }, () => {
      level += (cv / 2) * random.normal();
      return level + cv * random.normal();
    });
  },
};

/** The two modes drawn together until their spread in all is `cv`: 8 % apart they have 3.7 % by themselves. */
const asSpread = (noise) => (random, n, cv) => {
  const ofModes = 0.08 * Math.sqrt(0.3 * 0.7);
  const share = cv / Math.hypot(cv, ofModes);
  return noise(random, n, cv).map((y) => y * share);
};

const side = (i) => (i % 4 === 0 || i % 4 === 3 ? 0 : 1);
const decide = (values) =>
  decideTwoBuilds([{ metric: 'm', values, leastEffect: Math.log(1.05), lowerIsBetter: true }])[0];
const withEffect = (values, effect) => values.map((y, i) => y + (side(i) === 1 ? Math.log1p(effect) : 0));

if (isWanted('compare')) {
  print('\ncompare: 24 runs in A-B-B-A order, looks at 5, 8 and 12 a side');
  const random = createRandom(1, 'compare');
  for (const [name, noise] of Object.entries(noises)) {
    let wrong = 0;
    for (let pair = 0; pair < 299; pair++) {
      const { verdict } = decide(noise(random, 24, 0.03));
      if (verdict === 'worse' || verdict === 'better') wrong++;
    }
    goal(
      `A/A, ${name}, spread 3 %: ${wrong} false verdicts in 299 pairs (0 show ≤ 1 % with 95 % confidence)`,
      wrong === 0,
    );
  }
  for (const cv of [0.01, 0.02, 0.03, 0.05, 0.08]) {
    for (const [name, noise] of Object.entries(noises)) {
      const count = { worse: 0, better: 0, same: 0, unsure: 0 };
      for (let pair = 0; pair < 3000; pair++) count[decide(noise(random, 24, cv)).verdict]++;
      goal(
        `A/A, ${name}, spread ${100 * cv} %, 3000 pairs: worse ${percent(count.worse, 3000)}, better ${percent(count.better, 3000)}, same ${percent(count.same, 3000)}, unsure ${percent(count.unsure, 3000)} (20 false show ≤ 1 % with 95 % confidence)`,
        count.worse + count.better <= 20,
      );
    }
  }
  const powerOf = (noise, cv) => {
    let found = 0;
    let runs = 0;
    for (let pair = 0; pair < 2000; pair++) {
      const decision = decide(withEffect(noise(random, 24, cv), 0.1));
      if (decision.verdict === 'worse') found++;
      runs += decision.runsPerSide;
    }
    return { found, text: `found in ${percent(found, 2000)} with ${(runs / 2000).toFixed(1)} runs a side` };
  };
  for (const [name, noise] of Object.entries({ ...noises, bimodal: asSpread(noises.bimodal) })) {
    const { found, text } = powerOf(noise, 0.03);
    goal(`+10 %, ${name}, spread 3 %: ${text}`, found >= 1900);
  }
  // Shown without a goal, since the spread between runs is what goals are set for, and this one is larger: at 12 runs a side it
  // leaves t = 4.9. A looser level would find more of these, and call more identical builds changed.
  print(`shown   +10 %, bimodal with 3 % around each mode (4.7 % in all): ${powerOf(noises.bimodal, 0.03).text}`);
}

if (isWanted('ab')) {
  print('\nab: 12 rounds, p50 and p95, looks at 5, 8 and 12');
  const random = createRandom(4, 'ab');
  const round = (effect, spread) => {
    const time = (level) => ({ a: level, b: level * (1 + effect) * Math.exp(spread * random.normal()) });
    return { p50: time(10), p95: time(20) };
  };
  const verdictOf = (effect, spread) =>
    judgeSideBySide(Array.from({ length: 12 }, () => round(effect, spread))).verdict;
  for (const spread of [0.01, 0.03, 0.05, 0.1]) {
    const count = { worse: 0, better: 0, same: 0, unsure: 0 };
    for (let i = 0; i < 3000; i++) count[verdictOf(0, spread)]++;
    goal(
      `A/A, spread of paired differences ${100 * spread} %, 3000 comparisons: worse ${percent(count.worse, 3000)}, better ${percent(count.better, 3000)}, same ${percent(count.same, 3000)}, unsure ${percent(count.unsure, 3000)}`,
      count.worse + count.better <= 20,
    );
  }
  let found = 0;
  for (let i = 0; i < 2000; i++) if (verdictOf(0.1, 0.03) === 'worse') found++;
  goal(`+10 %, spread of paired differences 3 %: found in ${percent(found, 2000)}`, found >= 1900);
}

if (isWanted('attempts')) {
  print('\nattempts: the limit is 100 ms; tried until a certificate is given, at most 20 times; 4000 testers a row');
  const random = createRandom(2, 'attempts');
  const requirement = {
    id: 'p95',
    expression: 'p95 < 100 ms',
    metric: 'p95',
    comparison: '<',
    limit: 100,
    unit: 'ms',
    required: true,
    source: 'design',
  };
  const within = 0.01;
  const testers = 4000;
  const passesWithin = (truth, cv, attempts) => {
    const runs = [];
    for (let k = 1; k <= attempts; k++) {
      const value = truth * Math.exp(Math.hypot(cv, within) * random.normal());
      const [low, high] = [value * Math.exp(-1.96 * within), value * Math.exp(1.96 * within)];
      runs.push({
        id: `${k}`,
        startedAt: '',
        outcome: 'finished',
        results: null,
        values: [{ metric: 'p95', value, unit: 'ms', low, high }],
      });
      // A certificate needs both: this run's own interval below the limit, and all attempts together.
      if (high < 100 && poolAttempts(requirement, runs).verdict === 'pass') return k;
    }
    return undefined;
  };
  for (const cv of [0.01, 0.02, 0.05]) {
    let passed = 0;
    for (let i = 0; i < testers; i++) if (passesWithin(103, cv, 20) !== undefined) passed++;
    goal(
      `3 % over the limit, spread ${100 * cv} %: ${percent(passed, testers)} get a certificate within 20 attempts`,
      passed <= testers / 100,
    );
  }
  let good = 0;
  for (let i = 0; i < testers; i++) if (passesWithin(90, 0.02, 6) !== undefined) good++;
  goal(`10 % under the limit, spread 2 %: ${percent(good, testers)} get it within 6 attempts`, good >= 0.95 * testers);
}

if (isWanted('history')) {
  print('\nhistory: 200 series of 120 runs a row, scanned after each run');
  const random = createRandom(3, 'history');
  const kinds = {
    normal: noises.normal,
    t3: noises.t3,
    'autocorrelated 0.4': (from, n, cv) => {
      let level = 0;
      return Array.from({ length: n }, () => {
        level = 0.4 * level + cv * Math.sqrt(1 - 0.16) * from.normal();
        return level;
      });
    },
    bimodal: noises.bimodal,
    spikes: (from, n, cv) => Array.from({ length: n }, () => cv * from.normal() + (from.uniform() < 0.05 ? 0.3 : 0)),
  };
  for (const cv of [0.02, 0.05]) {
    for (const [name, noise] of Object.entries(kinds)) {
      let alarms = 0;
      for (let i = 0; i < 200; i++) {
        const values = noise(random, 120, cv).map(Math.exp);
        let from = 0;
        for (let end = 12; end <= 120; end++) {
          const hit = guardedScan(values.slice(from, end));
          if (!hit) continue;
          alarms++;
          from += hit.at;
        }
      }
      const rate = (100 * alarms) / (200 * 120);
      goal(`no change, ${name}, spread ${100 * cv} %: ${rate.toFixed(3)} suspicions per 100 runs`, rate <= 0.2);
    }
  }
  let within10 = 0;
  let placed = 0;
  for (let i = 0; i < 400; i++) {
    const values = noises.normal(random, 40, 0.02).map((y, k) => Math.exp(y + (k >= 30 ? Math.log(1.1) : 0)));
    for (let end = 31; end <= 40; end++) {
      const hit = guardedScan(values.slice(0, end));
      if (hit) {
        within10++;
        if (Math.abs(hit.at - 30) <= 2) placed++;
        break;
      }
    }
  }
  goal(
    `+10 % at a spread of 2 %: found within 10 runs in ${percent(within10, 400)}, placed within 2 runs in ${percent(placed, 400)}`,
    within10 >= 360 && placed >= 320,
  );
}

if (isWanted('bytes')) {
  print('\nbytes: every byte of a certificate and of its results set to every other value');
  const { privateKey } = generateKeyPairSync('ed25519');
  const { certificate, results, key, nowMs } = await aShortCertificate(privateKey);
  const whole = { certificate, results, key, nowMs };
  const { outcome } = await verify(whole);
  goal(`unchanged: ${outcome}`, outcome === 'verified');
  const files = ['certificate', 'results'];
  const named = files.filter((name) => wanted.includes(name));
  for (const name of named.length > 0 ? named : files) {
    const { tried, accepted } = await singleByteChanges(whole, name);
    goal(`${name}: ${accepted} of ${tried.toLocaleString('en-US')} single-byte changes accepted`, accepted === 0);
  }
}

print(missed === 0 ? '\nall goals met' : `\n${missed} goals missed`);
process.exitCode = missed === 0 ? 0 : 1;
