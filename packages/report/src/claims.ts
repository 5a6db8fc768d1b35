import { formatQuantity, type JudgedRequirement, type Results } from '@preopen/core';
import {
  countsOf,
  formatDuration,
  formatInterval,
  formatLimit,
  formatMargin,
  formatValue,
  marginOf,
  nameOf,
  standingOf,
} from './format.ts';
import type { Catalogue, Figure, RequirementWords } from './language/catalogue.ts';
import { type MeasuredSection, sectionOfCheck, sectionOfMetric } from './sections.ts';

/** A sentence of the summary. It cannot be made without the figures that it says. */
export interface Claim {
  readonly kind: 'why' | 'undecided' | 'unproven' | 'holds' | 'beyond' | 'uncovered' | 'next' | 'conditions';
  readonly text: string;
  readonly figures: readonly [Figure, ...Figure[]];
}

/** Sentences of one kind at most: the summary is half a page. */
const most = 4;
/** Letters of a reason; the whole of it stands in the table of requirements. */
const reasonLetters = 200;

const claim = (kind: Claim['kind'], figures: Claim['figures'], text: string): Claim => ({ kind, figures, text });

function shortened(reason: string): string {
  const whole = reason.trim().replace(/[.。]+$/, '');
  const letters = [...whole];
  return letters.length > reasonLetters ? `${letters.slice(0, reasonLetters).join('').trimEnd()} …` : whole;
}

function wordsOf(requirement: JudgedRequirement, words: Catalogue): RequirementWords {
  const measured = requirement.verdict === 'not-measured' ? undefined : requirement.measured;
  return {
    name: nameOf(requirement.metric, words),
    value: measured ? formatValue(measured) : '',
    interval: measured ? formatInterval(measured, words) : '',
    limit: formatLimit(requirement),
    margin: formatMargin(requirement, words),
    reason: shortened(words.term(requirement.reason) ?? requirement.reason),
  };
}

/** Requirements of one verdict, the nearest to the limit first. */
const byMargin = (a: JudgedRequirement, b: JudgedRequirement): number => {
  const of = (one: JudgedRequirement): number => marginOf(one)?.near ?? Number.POSITIVE_INFINITY;
  return of(a) === of(b) ? 0 : of(a) < of(b) ? -1 : 1;
};

/** Metrics that the summary tells in a line of their own, all together. */
const isBeyond = ({ metric }: JudgedRequirement): boolean => ['taiwan', 'recovery'].includes(sectionOfMetric(metric));

/**
 * The run in half a page of sentences: what fails, what is unproven, what holds, what to do next, and under which
 * conditions it was measured. Made of the results alone.
 */
export function claimsOf(results: Results, words: Catalogue): Claim[] {
  const { summary } = words;
  const required = results.requirements.filter((requirement) => requirement.required);
  const of = (verdict: JudgedRequirement['verdict']): JudgedRequirement[] =>
    required.filter((requirement) => requirement.verdict === verdict).sort(byMargin);
  const listed = (
    kind: Claim['kind'],
    requirements: readonly JudgedRequirement[],
    sentence: (of: RequirementWords) => string,
  ): Claim[] => [
    ...requirements.slice(0, most).map((requirement) => {
      const said = wordsOf(requirement, words);
      return claim(kind, said.value === '' ? [said.limit] : [said.value, said.limit], sentence(said));
    }),
    ...(requirements.length > most
      ? [claim(kind, [String(requirements.length - most)], summary.more(String(requirements.length - most)))]
      : []),
  ];
  const failed = of('fail');
  const undecided = of('inconclusive');
  const unmeasured = of('not-measured');
  const isConcluded = results.run.status !== 'interrupted';
  return [
    ...listed('why', failed, summary.failed),
    ...listed('unproven', unmeasured, summary.unmeasured),
    ...listed('undecided', undecided, summary.undecidedOf),
    ...listed(
      'holds',
      of('pass').filter((one) => !isBeyond(one)),
      summary.held,
    ),
    ...beyondClaims(results, words),
    ...uncoveredClaims(results, words),
    ...(isConcluded ? nextClaims(results, words, { failed, undecided, unmeasured }) : []),
    conditionsClaim(results, words),
  ];
}

/** Parts of a readiness that a suite may leave out altogether; a reader of “Ready” must not take them for shown. */
const separateSections: readonly MeasuredSection[] = ['taiwan', 'recovery'];

function uncoveredClaims(results: Results, words: Catalogue): Claim[] {
  const covered = new Set(results.checks.map(sectionOfCheck));
  const left = separateSections.filter((section) => !covered.has(section)).map((section) => words.sections[section]);
  return left.length === 0 ? [] : [claim('uncovered', ['0'], words.summary.uncoveredOf(left, '0', results.run.suite))];
}

/** Stress of the market, faults and recovery from them, each in one line. */
function beyondClaims(results: Results, words: Catalogue): Claim[] {
  const { summary } = words;
  const held = (section: MeasuredSection, sentence: (kept: Figure, of: Figure) => string): Claim[] => {
    const asked = results.requirements.filter(
      ({ metric, required }) => required && sectionOfMetric(metric) === section,
    );
    const kept = String(asked.filter(({ verdict }) => verdict === 'pass').length);
    const of = String(asked.length);
    return asked.length === 0 ? [] : [claim('beyond', [kept, of], sentence(kept, of))];
  };
  const times = results.checks.flatMap(({ measurements }) =>
    // One that was never steady again took at least as long as it was waited for.
    measurements.filter(({ metric }) => /^recovery\..*\.timeToSteadyState$/.test(metric)),
  );
  const slowest = times.reduce<(typeof times)[number] | undefined>(
    (worst, one) => (worst === undefined || one.value > worst.value ? one : worst),
    undefined,
  );
  return [
    ...held('taiwan', summary.scenarios),
    ...held('recovery', summary.failures),
    ...(slowest
      ? [
          claim(
            'beyond',
            [String(times.length), formatValue(slowest)],
            summary.recovery(String(times.length), formatValue(slowest)),
          ),
        ]
      : []),
  ];
}

function nextClaims(
  results: Results,
  words: Catalogue,
  found: Record<'failed' | 'undecided' | 'unmeasured', readonly JudgedRequirement[]>,
): Claim[] {
  const { summary } = words;
  const separator = words.language === 'en' ? ', ' : '、';
  const where = [...new Set(found.failed.map(({ metric }) => words.sections[sectionOfMetric(metric)]))];
  const counted = (requirements: readonly JudgedRequirement[], sentence: (count: Figure) => string): Claim[] => {
    const count = String(requirements.length);
    return requirements.length > 0 ? [claim('next', [count], sentence(count))] : [];
  };
  const next = [
    ...counted(found.failed, (count) => summary.nextFailed(count, where.join(separator))),
    ...counted(found.unmeasured, (count) => summary.nextUnmeasured(count, 'preopen run --suite all')),
    ...counted(found.undecided, summary.nextUndecided),
  ];
  const passed = String(countsOf(results).pass);
  return next.length === 0 && standingOf(results) === 'pass'
    ? [claim('next', [passed], summary.nextPassed(passed))]
    : next;
}

function conditionsClaim(results: Results, words: Catalogue): Claim {
  const { run, environment } = results;
  const { foreignCpuShare } = environment.noise;
  const cores = String(environment.cores);
  const memory = formatQuantity(environment.memoryBytes, 'bytes');
  const foreign = foreignCpuShare === null ? words.labels.unreadable : `${(foreignCpuShare * 100).toFixed(1)} %`;
  const stocks = run.scale.stocks.toLocaleString('en-US');
  const days = String(run.scale.days);
  const took = formatDuration(run.durationMs);
  const separator = words.language === 'en' ? ', ' : '；';
  const end = words.language === 'en' ? '.' : '。';
  return claim(
    'conditions',
    [stocks, days, took, cores, memory],
    `${words.summary.scale(stocks, days, String(run.seed), took)}${separator}${words.summary.machine(cores, memory, foreign)}${end}`,
  );
}
