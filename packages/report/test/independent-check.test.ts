import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { verify } from '../src/certificate/verify.ts';
import { aFullRun, aKey, certified, nowMs } from './support/certified.ts';

const documentation = readFileSync(
  new URL('../../../docs/attestation/readiness/v1/README.md', import.meta.url),
  'utf8',
);
const commands = /```sh\n([\s\S]*?)```/.exec(documentation)?.[1] ?? '';
const openssl = spawnSync('openssl', ['version'], { encoding: 'utf8' });
const hasTools = /OpenSSL 3/.test(openssl.stdout ?? '') && spawnSync('python3', ['--version']).status === 0;
const dir = mkdtempSync(join(tmpdir(), 'independent-'));
afterAll(() => rmSync(dir, { recursive: true }));

describe.skipIf(!hasTools)('the check of the documentation, by OpenSSL and Python alone (needs OpenSSL 3)', () => {
  const look = (): { status: number | null; out: string } => {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', commands], { cwd: dir, encoding: 'utf8' });
    return { status, out: stdout + stderr };
  };

  it('agrees with ours on what is right and on what was changed', async () => {
    const { envelope, resultsBytes } = await certified(aFullRun());
    writeFileSync(join(dir, 'certificate.dsse.json'), envelope);
    writeFileSync(join(dir, 'results.json'), resultsBytes);
    writeFileSync(join(dir, 'pub.pem'), aKey.publicPem);
    const right = look();
    expect(right.out).toContain('Signature Verified Successfully');
    expect(right.out).toContain('Production Readiness Certificate');
    expect(right.out.split(aKey.id)).toHaveLength(3);

    const text = new TextDecoder().decode(envelope);
    const statement = Buffer.from((JSON.parse(text) as { payload: string }).payload, 'base64').toString();
    const forged = Buffer.from(statement.replace('"verdict":"pass"', '"verdict":"fail"')).toString('base64');
    writeFileSync(join(dir, 'certificate.dsse.json'), JSON.stringify({ ...JSON.parse(text), payload: forged }));
    expect(look().status).not.toBe(0);

    writeFileSync(join(dir, 'certificate.dsse.json'), envelope);
    writeFileSync(join(dir, 'results.json'), Buffer.concat([resultsBytes, Buffer.from(' ')]));
    expect(look().out).toContain('results.json is not the one that was signed');
    const ours = await verify({
      certificate: envelope,
      key: aKey.publicPem,
      results: new Uint8Array([...resultsBytes, 32]),
      nowMs,
    });
    expect(ours.outcome).toBe('refused');
  });
});
