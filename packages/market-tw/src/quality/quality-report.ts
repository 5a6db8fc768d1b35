import type { Panel } from '../panel.ts';
import type { ReferenceSource } from '../readers/assemble.ts';
import type { MarketData } from '../readers/market-data.ts';
import type { FileReport } from '../readers/read-report.ts';
import { type Adjustment, detectAdjustment } from './adjustment.ts';
import { barFindings } from './bar-findings.ts';
import { calendarFindings } from './calendar-findings.ts';
import { type ExaminedPanel, examine } from './examined-panel.ts';
import { countFindings, type Finding, type FindingKind } from './findings.ts';

/** What is wrong with market data, and what was looked at to say so. */
export interface QualityReport {
  readonly schemaVersion: 1;
  readonly stocks: number;
  readonly days: number;
  readonly firstDate: string;
  readonly lastDate: string;
  /** Rows in the panel; `rowsWithPrice` of them have a close. */
  readonly rows: number;
  readonly rowsWithPrice: number;
  readonly files: readonly FileReport[];
  /** Where reference prices come from, by number of rows; all 0 for a panel that was not read from files. */
  readonly references: Readonly<Record<ReferenceSource, number>>;
  readonly adjustment: Adjustment;
  /** One of each kind, tested or not. */
  readonly findings: readonly Finding[];
  /** Counts of all findings by severity. */
  readonly totals: Readonly<Record<'error' | 'warning' | 'info', number>>;
}

/**
 * Examines market data: what `readMarketData` gave (best with `onBad: 'quarantine'`, so that bad rows are in the report
 * and not the end of it), or any panel.
 * @param options.examples how many places are named of each kind
 */
export function qualityReport(input: MarketData | Panel, options: { readonly examples?: number } = {}): QualityReport {
  const { examples = 5 } = options;
  const examined = examine(input);
  const { panel, data } = examined;
  const adjustment = detectAdjustment(examined);
  const findings = [
    ...quarantineFindings(examined, examples),
    ...calendarFindings(examined, examples),
    ...barFindings(examined, adjustment, examples),
  ];
  const totals = { error: 0, warning: 0, info: 0 };
  for (const finding of findings) if (finding.outcome === 'tested') totals[finding.severity] += finding.count;
  let rows = 0;
  for (let at = 0; at < panel.fields.close.length; at++) if (examined.hasRow(at)) rows++;
  return {
    schemaVersion: 1,
    stocks: panel.stocks.length,
    days: panel.dates.length,
    firstDate: panel.dates[0]!,
    lastDate: panel.dates.at(-1)!,
    rows,
    rowsWithPrice: panel.fields.close.reduce((sum, close) => sum + (Number.isNaN(close) ? 0 : 1), 0),
    files: data.files,
    references: data.references,
    adjustment,
    findings,
    totals,
  };
}

/** Rows that the readers put into quarantine: second rows of a stock and day, and all others. */
function quarantineFindings({ data }: ExaminedPanel, mostExamples: number): Finding[] {
  const rows = data.files.reduce((sum, file) => sum + file.rows, 0);
  return (['unreadable-row', 'duplicate-row'] as FindingKind[]).map((kind) => {
    const count = countFindings(kind, mostExamples);
    count.tested = rows;
    for (const { path, line, reason, text } of data.quarantined) {
      if (/ has two rows on /.test(reason) === (kind === 'duplicate-row'))
        count.add(() => ({
          stock: '',
          date: '',
          value: text === '' ? reason : `${reason}: ${text}`,
          file: path,
          line,
        }));
    }
    return count.finish();
  });
}
