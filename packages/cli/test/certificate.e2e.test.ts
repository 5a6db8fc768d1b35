import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aFolder, preopen } from './support/command.ts';

const made = aFolder('certificate');
afterAll(() => rmSync(made, { recursive: true }));

const call = async (args: string[], env: Record<string, string> = {}) => {
  const run = preopen(args, made, env);
  return { code: await run.ended, out: run.out(), err: run.err() };
};

describe('preopen keygen, run, certify and verify', () => {
  beforeAll(async () => {
    writeFileSync(
      join(made, 'model.mjs'),
      'export const model = { features: 4, predict: (values, rows) => values.subarray(0, rows) };\n',
    );
    writeFileSync(
      join(made, 'preopen.config.json'),
      JSON.stringify({
        targets: { mine: { service: { module: './model.mjs' } }, same: { service: { module: './model.mjs' } } },
        requirements: ['errors.rate < 50 %'],
        reporters: ['csv', 'openmetrics', './mine.mjs'],
      }),
    );
    writeFileSync(
      join(made, 'mine.mjs'),
      "export default { onRunEnd: (results, output) => output.write('mine.txt', results.verdict) };\n",
    );
    expect((await call(['keygen', '--out', 'own'])).code).toBe(0);
    const run = await call([
      'run',
      '--only',
      'latency/inference',
      '--generate-report',
      '--key',
      'own.key.pem',
      '--output-dir',
      'out',
    ]);
    expect(run.code, run.err).toBe(0);
    expect(run.out).toContain('certificate.dsse.json');
  }, 120_000);

  it('keeps the private key to its owner and never writes over it', async () => {
    expect(statSync(join(made, 'own.key.pem')).mode & 0o777).toBe(0o600);
    const again = await call(['keygen', '--out', 'own']);
    expect(again.code).toBe(2);
    expect(again.err).toContain('never overwritten');
  });

  it('signs what a run came to, and verifies it with its conditions named', async () => {
    const found = await call(['verify', 'out', '--key', 'own.pub.pem', '--ledger', '.preopen/ledger']);
    expect(found.code, found.out).toBe(3);
    expect(found.out).toContain('VERIFIED, BUT NOT A PASS');
    expect(found.out).toContain('all 1 verdicts');
    expect(found.out).toContain('attempt 1 of 1');
    expect(found.out).toMatch(/scale-below-profile\n\s+Run the suite comprehensive or all\./);
    const accepting = ['--accept-condition', 'scale-below-profile,requirements-below-profile'];
    expect((await call(['verify', 'out', '--key', 'own.pub.pem', ...accepting])).code).toBe(0);
  });

  it('is refused once the results were changed, and unproven without a key', async () => {
    const keyless = await call(['verify', 'out', '--json']);
    expect(keyless.code).toBe(3);
    expect(JSON.parse(keyless.out)).toMatchObject({ outcome: 'unproven', accepted: false });
    const changed = join(made, 'changed.json');
    writeFileSync(changed, readFileSync(join(made, 'out', 'results.json'), 'utf8').replace('"mine"', '"nine"'));
    const refused = await call(['verify', 'out', '--key', 'own.pub.pem', '--results', changed]);
    expect(refused.code).toBe(1);
    expect(refused.out).toContain('REFUSED');
    expect(refused.out).toContain('results.json is not the one that was signed');
  });

  it('shows the run through the reporters of the config, one of its own among them', async () => {
    expect(readFileSync(join(made, 'out', 'mine.txt'), 'utf8')).toBe('pass');
    expect(readFileSync(join(made, 'out', 'measurements.csv'), 'utf8')).toContain('errors.rate < 50 %');
    expect(readFileSync(join(made, 'out', 'metrics.txt'), 'utf8')).toMatch(/# EOF\n$/);
    const unknown = await call(['run', '--only', 'latency/inference', '--reporter', 'junitt']);
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('Did you mean junit?');
  });

  it('sends two targets the same requests, and concludes nothing from one round', async () => {
    const found = await call([
      'ab',
      'mine',
      'same',
      '--rounds',
      '1',
      '--pairs',
      '20',
      '--batch',
      '5',
      '--json',
      '--fail-on',
      'unsure',
    ]);
    expect(found.code, found.err).toBe(3);
    expect(JSON.parse(found.out)).toMatchObject({
      a: 'mine',
      b: 'same',
      verdict: 'unsure',
      rounds: 1,
      failures: { a: 0, b: 0 },
      agreement: { identicalShare: 1, largest: [] },
    });
  });

  it('keeps the run in the history, and compares it with nothing it cannot', async () => {
    const history = await call(['history', 'latency.*', '--html', 'history.html']);
    expect(history.code, history.err).toBe(0);
    expect(history.out).toMatch(/mine, suite quick[\s\S]*latency\.inference\.p95 .* 1 run/);
    expect(readFileSync(join(made, 'history.html'), 'utf8')).toMatch(/\b1 run, \d+ metrics? over time/);
    const compared = await call(['compare', 'out', 'out/results.json', '--fail-on', 'unsure', '--json']);
    expect(compared.code).toBe(3);
    expect(JSON.parse(compared.out)).toMatchObject({
      verdict: 'unsure',
      reasons: expect.arrayContaining([expect.stringContaining('at least 5')]),
    });
    expect((await call(['compare', 'out', 'nowhere'])).code).toBe(2);
  });

  it('writes a summary signed by who verifies', async () => {
    await call(['verify', 'out', '--key', 'own.pub.pem', '--vsa', 'summary.json', '--sign-with', 'own.key.pem']);
    const { payload } = JSON.parse(readFileSync(join(made, 'summary.json'), 'utf8')) as { payload: string };
    expect(JSON.parse(Buffer.from(payload, 'base64').toString())).toMatchObject({
      predicate: { verificationResult: 'FAILED' },
    });
  });

  it('drafts without a key, takes one from the environment, and leaves no draft beside what is signed', async () => {
    expect((await call(['certify', 'out'])).out).toContain('DRAFT, signed by nobody');
    const draft = await call(['verify', 'out/certificate.draft.json', '--key', 'own.pub.pem']);
    expect(draft.code).toBe(1);
    expect(draft.out).toContain('unsigned draft');
    const secret = Buffer.from(readFileSync(join(made, 'own.key.pem'))).toString('base64');
    const signed = await call(['certify', 'out', '--json'], { PREOPEN_SIGNING_KEY: secret });
    expect(JSON.parse(signed.out)).toMatchObject({
      verdict: 'conditional',
      files: ['certificate.dsse.json', 'certificate.intoto.jsonl', 'certificate.html'],
    });
    expect((await call(['verify', 'out/certificate.draft.json'])).code).toBe(2);
  });
});
