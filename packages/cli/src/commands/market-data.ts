import { resolve } from 'node:path';
import { InputError } from '@preopen/core';
import { convertMarketData, type FileReport, type Finding, qualityReport, readAnyMarketData } from '@preopen/market-tw';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type Streams, stylesOf } from '../streams.ts';
import { type Cell, layoutTable } from '../terminal/table.ts';

const count = (value: number): string => value.toLocaleString('en-US');

/** Files in a line each; of many, only what they sum to. */
function fileLines(files: readonly FileReport[], columns: number): string[] {
  const many = files.length > 20;
  const rows = (many ? [] : files).map(({ path, format, rows: read, kept, quarantined, skipped, notes }): Cell[] => [
    { text: format },
    { text: `${count(kept)} of ${count(read)} rows`, align: 'right' },
    {
      text: [
        path,
        quarantined > 0 ? `${count(quarantined)} in quarantine` : '',
        skipped.warrant ? `${count(skipped.warrant)} warrants passed over` : '',
        skipped.repeatedInAnotherFile ? `${count(skipped.repeatedInAnotherFile)} repeated in another file` : '',
        ...notes,
      ]
        .filter((part) => part !== '')
        .join('; '),
    },
  ]);
  return many ? [`  ${count(files.length)} files`] : layoutTable(rows, columns);
}

/** The flags of `preopen market convert`. */
export interface ConvertFlags {
  readonly out: string;
  readonly format?: string;
  readonly quarantine?: boolean;
  readonly warrants?: boolean;
  readonly json?: boolean;
}

/** `preopen market convert IN… --out PATH`. */
export async function convertCommand(
  inputs: readonly string[],
  { out, format, quarantine, warrants, json }: ConvertFlags,
  streams: Streams,
): Promise<ExitCode> {
  if (format !== undefined && format !== 'csv' && format !== 'parquet')
    throw new InputError(`--format: expected csv or parquet, got “${format}”.`, { code: 'E109' });
  const conversion = await convertMarketData({
    inputs,
    out: resolve(out),
    ...(format === undefined ? {} : { format }),
    options: { onBad: quarantine ? 'quarantine' : 'refuse', keepsWarrants: warrants === true },
  });
  if (json) streams.out.write(`${JSON.stringify(conversion, null, 2)}\n`);
  else {
    const { out: style } = stylesOf(streams, 'auto');
    const bad =
      conversion.quarantineFile === undefined
        ? []
        : [`  ${count(conversion.quarantined)} bad rows are listed in ${conversion.quarantineFile}`];
    const lines = [
      `${conversion.out}: ${conversion.format}, ${count(conversion.stocks)} stocks × ${count(conversion.days)} days, from`,
      ...fileLines(conversion.files, style.columns),
      ...bad,
    ];
    streams.out.write(`${lines.join('\n')}\n`);
  }
  return exitCodes.ok;
}

/** The flags of `preopen market quality`. */
export interface QualityFlags {
  readonly examples: number;
  readonly warrants?: boolean;
  readonly json?: boolean;
}

function findingRows(finding: Finding): Cell[][] {
  const { kind, severity, what } = finding;
  if (finding.outcome === 'not-tested') {
    return [[{ text: kind }, { text: severity }, { text: 'not tested', align: 'right' }, { text: finding.reason }]];
  }
  const note = finding.note === undefined ? '' : ` (${finding.note})`;
  const head: Cell[] = [
    { text: kind },
    { text: severity },
    { text: count(finding.count), align: 'right' },
    { text: `of ${count(finding.tested)}: ${what}${finding.count > 0 ? note : ''}` },
  ];
  const places = finding.examples.map(({ stock, date, value, file, line }): Cell[] => [
    { text: '' },
    { text: '' },
    { text: '' },
    {
      text: [stock, date, value, file === undefined ? '' : `${file}:${line}`].filter((part) => part !== '').join('  '),
    },
  ]);
  return [head, ...places];
}

/** `preopen market quality IN…`: findings are data, not a failure of the command. */
export async function qualityCommand(
  inputs: readonly string[],
  { examples, warrants, json }: QualityFlags,
  streams: Streams,
): Promise<ExitCode> {
  if (!Number.isInteger(examples) || examples < 0)
    throw new InputError(`--examples: expected a whole number of at least 0, got ${examples}.`, { code: 'E109' });
  const data = await readAnyMarketData(inputs, { onBad: 'quarantine', keepsWarrants: warrants === true });
  const report = qualityReport(data, { examples });
  if (json) {
    streams.out.write(`${JSON.stringify(report, null, 2)}\n`);
    return exitCodes.ok;
  }
  const { out: style } = stylesOf(streams, 'auto');
  const { totals } = report;
  const lines = [
    `${count(report.stocks)} stocks × ${count(report.days)} days, ${report.firstDate} to ${report.lastDate}, ${count(report.rows)} rows from`,
    ...fileLines(report.files, style.columns),
    `Prices: ${report.adjustment.reason}.`,
    `Found: ${count(totals.error)} errors, ${count(totals.warning)} warnings, ${count(totals.info)} to know.`,
    ...layoutTable(report.findings.flatMap(findingRows), style.columns),
  ];
  streams.out.write(`${lines.join('\n')}\n`);
  return exitCodes.ok;
}
