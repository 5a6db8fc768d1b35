import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { renderCertificatePage } from '../src/certificate/certificate-page.ts';
import { aFullRun, certified } from './support/certified.ts';
import { readQrCode } from './support/qr-reader.ts';

describe('the printable page of a certificate', () => {
  it('has a QR code that says the digest of the signed file, as the text beside it does', async () => {
    const made = await certified(aFullRun());
    const page = await renderCertificatePage(made);
    const digest = createHash('sha256').update(made.envelope).digest('hex');
    expect(readQrCode(/<svg class="qr"[\s\S]*?<\/svg>/.exec(page)![0])).toBe(`preopen:1:sha256:${digest}`);
    expect(page.replaceAll(' ', '')).toContain(digest);
  });
});
