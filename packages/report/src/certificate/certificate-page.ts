import { encode } from 'uqr';
import { escapeHtml } from '../escape.ts';
import { formatFigure } from '../format.ts';
import { sha256 } from './bytes.ts';
import type { Certified } from './certify.ts';
import type { StatedRequirement } from './statement.ts';

const words = {
  pass: '✓ passed',
  fail: '✗ failed',
  inconclusive: '≈ undecided',
  'not-measured': '○ not measured',
} as const;

/** A QR code as one path of squares. */
function qrCode(text: string): string {
  const { data, size } = encode(text, { ecc: 'M', border: 2 });
  const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return `<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="QR code of the digest of the signed file"><rect width="${size}" height="${size}" fill="#fff"/><path d="${squares.join('')}" fill="#000"/></svg>`;
}

const groups = (hex: string): string => hex.match(/.{1,4}/g)?.join(' ') ?? hex;

function row({ expression, required, verdict, reason, measured, pooled }: StatedRequirement): string {
  const show = (value: number | null): string => (value === null ? '∞' : formatFigure(value, measured!));
  const value = measured === null ? '–' : show(measured.value);
  const interval = measured?.interval ? `${show(measured.interval.low)} to ${show(measured.interval.high)}` : '–';
  // An interval that is open above does not show why it passed; its reason does.
  const isOpen = measured?.interval?.high === null;
  const note = verdict === 'pass' && !isOpen ? '' : `<div class="reason">${escapeHtml(reason)}</div>`;
  const cells = [value, interval, pooled === null ? '–' : `${pooled.runs} of ${pooled.looks}`].map(
    (cell) => `<td>${escapeHtml(cell)}</td>`,
  );
  return `<tr class="${verdict}"><td class="verdict">${words[verdict]}</td><th scope="row">${escapeHtml(expression)}${required ? '' : ' (not required)'}${note}</th>${cells.join('')}</tr>`;
}

const style = `
@page { size: A4; margin: 12mm }
* { box-sizing: border-box }
body { margin: 0; background: #fff; color: #111; font: 10pt/1.4 system-ui, "Noto Sans TC", "PingFang TC", "Microsoft JhengHei", sans-serif }
main { max-width: 186mm; margin: 8mm auto; padding: 10mm; position: relative }
main.certificate { border: 1.2mm double #0b4f8a }
h1 { margin: 0; font-size: 20pt; text-align: center; letter-spacing: .04em }
.certificate h1 { color: #0b4f8a } .statement h1 { color: #444; font-size: 16pt; text-align: left; border-bottom: .5mm solid #999; padding-bottom: 2mm }
.zh { text-align: center; font-size: 13pt; margin: 1mm 0 5mm } .statement .zh { text-align: left }
dl { display: grid; grid-template-columns: 30mm 1fr; gap: 1mm 4mm; margin: 4mm 0 } dt { color: #555 } dd { margin: 0; overflow-wrap: anywhere }
code { font: 8.5pt ui-monospace, monospace }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; margin: 3mm 0; font-size: 9pt } th, td { text-align: left; padding: 1mm 2mm; border-bottom: .2mm solid #bbb; vertical-align: top; font-weight: normal }
td { white-space: nowrap } thead th { color: #555 } .verdict { white-space: nowrap; font-weight: 600 } .pass .verdict { color: #0b4f8a } .fail .verdict { color: #a33c00 } .inconclusive .verdict, .not-measured .verdict { color: #555 }
.reason { color: #555; font-size: 8pt }
footer { display: flex; gap: 6mm; align-items: flex-start; margin-top: 4mm } .qr { width: 30mm; height: 30mm; flex: none }
footer p { margin: 0 0 1.5mm }
.draft { position: absolute; inset: 0; display: grid; place-items: center; pointer-events: none; overflow: hidden } .draft span { transform: rotate(-32deg); font-size: 74pt; font-weight: 700; color: #a33c00; opacity: .16 }
@media print { main { margin: 0 auto } tr, footer { break-inside: avoid } * { print-color-adjust: exact } }
`;

/**
 * The printable page of a certificate or statement: one A4 sheet for up to about a dozen requirements, with a QR code of
 * the signed file's digest, so that paper leads to one file. A statement of result looks different at a glance: no frame,
 * a grey heading, its reason in the title; a draft carries the word across the page. Loads nothing and runs nothing.
 * @param verifyCommand how a reader verifies it, such as `preopen verify certificate.dsse.json --key pub.pem`
 */
export async function renderCertificatePage(
  { statement, envelope, keyId }: Certified,
  verifyCommand = 'preopen verify certificate.dsse.json --key pub.pem --results results.json',
): Promise<string> {
  const { predicate, subject } = statement;
  const digest = await sha256(envelope);
  const isCertificate = predicate.verdict === 'pass' && keyId !== undefined;
  const { requirements, checks } = predicate.plan;
  const target = subject.find(({ name }) => name.startsWith('target:'));
  const facts: [string, string][] = [
    [
      'Target',
      `${escapeHtml(predicate.target.name)}: ${escapeHtml(predicate.target.description)}<br><code>${groups(Object.values(target?.digest ?? {})[0] ?? '')}</code> (${predicate.target.binding ?? 'unknown binding'})`,
    ],
    [
      'Measured',
      `suite ${escapeHtml(predicate.suite.name)}, ${predicate.scale.stocks.toLocaleString('en-US')} stocks × ${predicate.scale.days} days, profile ${predicate.profile}; ${escapeHtml(predicate.run.startedAt.slice(0, 16).replace('T', ' '))} UTC`,
    ],
    [
      'Came to',
      `${requirements.pass} of ${requirements.planned} requirements passed, ${requirements.fail} failed, ${requirements.inconclusive} undecided, ${requirements.notMeasured} not measured; ${checks.completed} of ${checks.planned} checks completed`,
    ],
    ['Environment', escapeHtml(predicate.environmentClass)],
    [
      'Attempts',
      predicate.attempts === null
        ? 'not known: no ledger was kept'
        : `${predicate.attempts.index} of ${predicate.attempts.total} on this target, pooled (on the word of the tester)`,
    ],
    ...predicate.conditions.map(({ id, reason }): [string, string] => [
      'Condition',
      `<code>${id}</code> ${escapeHtml(reason)}`,
    ]),
    [
      'Valid',
      `${predicate.notBefore.slice(0, 10)} to ${predicate.notAfter.slice(0, 10)}, for these bytes on this kind of machine`,
    ],
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(predicate.title)}</title><style>${style}</style></head>
<body><main class="${isCertificate ? 'certificate' : 'statement'}">
${keyId === undefined ? '<div class="draft" aria-hidden="true"><span>DRAFT 草稿</span></div>' : ''}
<h1>${escapeHtml(predicate.title)}</h1><p class="zh" lang="zh-TW">${isCertificate ? '上線就緒證書' : keyId === undefined ? '草稿，未簽署' : '結果聲明（非證書）'}</p>
<dl>${facts.map(([name, text]) => `<dt>${name}</dt><dd>${text}</dd>`).join('')}</dl>
<div class="scroll" tabindex="0" role="region" aria-label="Requirements"><table><thead><tr><th scope="col">verdict</th><th scope="col">requirement</th><th scope="col">value</th><th scope="col">interval</th><th scope="col">runs of attempts</th></tr></thead>
<tbody>${predicate.requirements.map(row).join('')}</tbody></table></div>
<footer>${qrCode(`preopen:1:sha256:${digest}`)}<div>
<p>${keyId === undefined ? 'Signed by nobody.' : `Signed by the key <code>${groups(keyId)}</code>`}</p>
<p>Digest of the ${keyId === undefined ? 'draft' : 'signed file'}: <code>${groups(digest)}</code></p>
<p>${keyId === undefined ? 'A draft cannot be verified. To sign it: <code>preopen certify RUN --key KEY</code>' : `To verify: <code>${escapeHtml(verifyCommand)}</code>`}</p>
<p>It does not say who ran it beyond whoever holds this key, nor that other data, another machine or another day give the same. The time is the signer’s word.</p>
</div></footer></main></body></html>
`;
}
