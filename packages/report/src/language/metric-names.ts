/** What a language calls metrics by, and how it puts a name together. */
export interface MetricWords {
  /** Metrics with a name of their own, without their percentile. */
  readonly names: Readonly<Record<string, string>>;
  /** `recovery.<fault>.…`. */
  readonly faults: Readonly<Record<string, string>>;
  /** `taiwan.<scenario>.…`, and failures of the market, which are faults too. */
  readonly scenarios: Readonly<Record<string, string>>;
  /** `data.<fault>.…`. */
  readonly dataFaults: (fault: string) => string | undefined;
  /** What is measured of a fault or a scenario. */
  readonly endings: Readonly<Record<string, string>>;
  /** Of a scenario or a party whose percentile stands alone. */
  readonly latency: string;
  readonly handlings: Readonly<Record<string, string>>;
  readonly parties: Readonly<Record<string, string>>;
  readonly ofParty: (what: string, party: string) => string;
  readonly of: (subject: string, what: string) => string;
}

const ownOf = (words: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(words, key) ? words[key] : undefined;

/** `refused`, and `service.refused` where one party is meant. */
function endingOf(ending: string, { endings, parties, ofParty }: MetricWords): string | undefined {
  const whole = ownOf(endings, ending);
  if (whole !== undefined) return whole;
  const [first = '', ...rest] = ending.split('.');
  const [party, what] = [ownOf(parties, first), ownOf(endings, rest.join('.'))];
  return party !== undefined && what !== undefined ? ofParty(what, party) : undefined;
}

/** Of a metric's id the name for people; `undefined` for one that is not known. */
export function metricNames(words: MetricWords): (id: string) => string | undefined {
  return (id) => {
    const digits = /\.p(\d+)$/.exec(id)?.[1];
    const stem = digits === undefined ? id : id.slice(0, -digits.length - 2);
    const [family, part = '', ...rest] = stem.split('.');
    const ending = rest.join('.');
    const tail =
      digits === undefined ? '' : ` P${digits.length > 2 ? `${digits.slice(0, 2)}.${digits.slice(2)}` : digits}`;
    const name = ownOf(words.names, stem);
    if (name !== undefined) return `${name}${tail}`;
    if (family === 'data') {
      const [fault, handling] = [words.dataFaults(part), ownOf(words.handlings, ending)];
      return fault !== undefined && handling !== undefined ? words.of(fault, handling) : undefined;
    }
    if (family !== 'taiwan' && family !== 'recovery') return undefined;
    const subject =
      (family === 'recovery' ? ownOf(words.faults, part) : undefined) ??
      ownOf(words.scenarios, part) ??
      part.replaceAll('-', ' ');
    const party = ownOf(words.parties, ending);
    const latency = `${words.latency}${tail}`;
    const what =
      digits !== undefined && ending === ''
        ? latency
        : digits !== undefined && party !== undefined
          ? words.ofParty(latency, party)
          : endingOf(ending, words)?.concat(tail);
    return subject !== '' && what !== undefined ? words.of(subject, what) : undefined;
  };
}
