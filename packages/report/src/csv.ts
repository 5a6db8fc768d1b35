import type { Results } from '@preopen/core';

/** Columns of the table, with their types, for the table and for its description. */
const columns = [
  ['run', 'string'],
  ['target', 'string'],
  ['suite', 'string'],
  ['check', 'string'],
  ['metric', 'string'],
  ['value', 'number'],
  ['unit', 'string'],
  ['samples', 'integer'],
  ['low', 'number'],
  ['high', 'number'],
  ['confidence', 'number'],
  ['method', 'string'],
  ['requirement', 'string'],
  ['required', 'boolean'],
  ['verdict', 'string'],
  ['reason', 'string'],
] as const;

type Row = Partial<Record<(typeof columns)[number][0], string | number | boolean>>;

/** A cell: quoted where needed; text that a spreadsheet would take for a formula is kept text by an apostrophe. */
function cell(value: string | number | boolean | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * The run as one tidy table (RFC 4180, UTF-8): a row a measurement, with the requirements that rest on it, and a row for
 * each requirement without one and for each metric that a check could not measure, whose value stays empty. An open end
 * of an interval is empty too.
 */
export function renderCsv(results: Results): string {
  const { run, target, requirements } = results;
  const common: Row = { run: run.id, target: target.name, suite: run.suite };
  const judged = (metric: string): Row[] =>
    requirements
      .filter((one) => one.metric === metric)
      .map(({ expression, required, verdict, reason }) => ({ requirement: expression, required, verdict, reason }));
  const measured = results.checks.flatMap((check) =>
    check.measurements.flatMap(({ metric, value, unit, samples, interval }): Row[] => {
      const row: Row = { ...common, check: check.id, metric, value, unit, samples, ...(interval ?? {}) };
      const rests = judged(metric);
      return rests.length === 0 ? [row] : rests.map((one) => ({ ...row, ...one }));
    }),
  );
  const seen = new Set(measured.map(({ metric }) => metric));
  const missing = requirements
    .filter(({ metric }) => !seen.has(metric))
    .flatMap(({ metric }) => judged(metric).map((one): Row => ({ ...common, metric, ...one })));
  const asked = new Set(requirements.map(({ metric }) => metric));
  const refused = results.checks.flatMap(({ id, notMeasured }) =>
    notMeasured
      .filter(({ metric }) => !seen.has(metric) && !asked.has(metric))
      .map(({ metric, reason }): Row => ({ ...common, check: id, metric, verdict: 'not-measured', reason })),
  );
  const lines = [...measured, ...missing, ...refused].map((row) => columns.map(([name]) => cell(row[name])).join(','));
  return `${[columns.map(([name]) => name).join(','), ...lines].join('\r\n')}\r\n`;
}

/** The description that belongs beside the table. Source: Frictionless Data Package v1 */
export function csvDescription(results: Results): string {
  const description = {
    profile: 'tabular-data-package',
    name: 'preopen-run',
    title: `Run ${results.run.id} of ${results.run.tool.name} ${results.run.tool.version}`,
    resources: [
      {
        name: 'measurements',
        path: 'measurements.csv',
        profile: 'tabular-data-resource',
        encoding: 'utf-8',
        schema: { fields: columns.map(([name, type]) => ({ name, type })), missingValues: [''] },
      },
    ],
  };
  return `${JSON.stringify(description, null, 2)}\n`;
}
