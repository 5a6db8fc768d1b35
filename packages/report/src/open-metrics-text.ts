/** One metric family of OpenMetrics with its samples. */
export interface MetricFamily {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'info' | 'stateset';
  /** In full, as it ends the name; empty where there is none. */
  readonly unit: string;
  readonly help: string;
  readonly samples: readonly string[];
}

const escapeLabel = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const numberText = (value: number): string =>
  value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value);

/** Labels as they stand behind a name. */
export const labelsText = (pairs: Readonly<Record<string, string>>): string =>
  `{${Object.entries(pairs)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(',')}}`;

/** One sample: `name{labels} value`. */
export const sampleText = (name: string, pairs: Readonly<Record<string, string>>, value: number): string =>
  `${name}${labelsText(pairs)} ${numberText(value)}`;

/**
 * Families as one OpenMetrics text, ended as it must be.
 * Source: OpenMetrics 1.0
 */
export function openMetricsText(families: Iterable<MetricFamily>): string {
  const lines = [...families].flatMap(({ name, type, unit, help, samples }) => [
    `# TYPE ${name} ${type}`,
    ...(unit === '' ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}`,
    ...samples,
  ]);
  return `${[...lines, '# EOF'].join('\n')}\n`;
}
