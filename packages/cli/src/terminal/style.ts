import pc from 'picocolors';

/** How to write for one stream: in colour or not, with signs or words. */
export interface Style {
  readonly colors: ReturnType<typeof pc.createColors>;
  readonly sign: Readonly<Record<'pass' | 'fail' | 'inconclusive' | 'not-measured' | 'running' | 'waiting', string>>;
  readonly columns: number;
}

const signs = { pass: '✓', fail: '✗', inconclusive: '≈', 'not-measured': '○', running: '›', waiting: '·' } as const;
// Without UTF-8 a sign would come out as three letters of nonsense.
const words = {
  pass: 'pass',
  fail: 'FAIL',
  inconclusive: 'undecided',
  'not-measured': 'not measured',
  running: '>',
  waiting: '-',
} as const;

/** Whether and how a stream is looked at; from the environment, with `--color` above it. */
export function styleFor(
  stream: { isTTY?: boolean; columns?: number },
  env: NodeJS.ProcessEnv,
  color: 'auto' | 'always' | 'never' = 'auto',
): Style {
  const wanted =
    color === 'always' ||
    (color === 'auto' &&
      !env.NO_COLOR &&
      (Boolean(env.FORCE_COLOR) || (stream.isTTY === true && env.TERM !== 'dumb' && !env.CI)));
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  // An empty locale is common in containers, whose logs are read as UTF-8 elsewhere; only a named other one is trusted.
  const utf8 = locale === '' || /utf-?8/i.test(locale);
  return { colors: pc.createColors(wanted), sign: utf8 ? signs : words, columns: stream.columns ?? 100 };
}
