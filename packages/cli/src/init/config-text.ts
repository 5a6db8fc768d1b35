import type { PipelineInput, ServiceInput } from '@preopen/core';
import type { Guess, Guesses } from './guesses.ts';

/** A text on one line, so that it cannot leave its comment. */
const line = (text: string): string => text.replace(/[\s\u2028\u2029]+/g, ' ');

/** A name as an object’s key: `__proto__` in brackets, since without them it names no key. */
const key = (name: string): string =>
  name === '__proto__' ? `['${name}']` : /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name);
const literal = (value: unknown): string =>
  typeof value === 'string'
    ? `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
    : Array.isArray(value)
      ? `[${value.map(literal).join(', ')}]`
      : typeof value === 'object' && value !== null
        ? `{ ${Object.entries(value)
            .map(([name, entry]) => `${key(name)}: ${literal(entry)}`)
            .join(', ')} }`
        : JSON.stringify(value);

function fieldsOf(input: object, indent: string): string[] {
  return Object.entries(input).map(([name, value]) => `${indent}${key(name)}: ${literal(value)},`);
}

function block(
  name: string,
  guesses: readonly Guess<ServiceInput | PipelineInput>[],
  nothing: readonly string[],
): string[] {
  const [first, ...others] = guesses;
  if (!first) return nothing.map((line) => `      // ${line}`);
  return [
    `      // Because ${line(first.why)}.`,
    ...(first.check ? [`      // ${first.check}`] : []),
    `      ${name}: {`,
    ...fieldsOf(first.input, '        '),
    '      },',
    ...others.map(({ why, input }) => `      // or, because ${line(why)}: ${line(literal(input))}`),
  ];
}

/**
 * A config as a file of code, with what may be changed in it as comments.
 * @param target its name
 * @param guesses the first of each kind is taken, the others stand beside it as comments
 */
export function configText(target: string, { services, pipelines }: Guesses): string {
  return `${[
    '// What Preopen measures. preopen doctor tells whether it works; preopen list and preopen explain NAME tell what there is.',
    'export default {',
    '  targets: {',
    ...(services.length + pipelines.length === 0
      ? ['    // Nothing was found in this folder: until there is a target, the reference target is measured.']
      : [`    ${key(target)}: {`]),
    ...block('service', services, [
      'An online service: by address, by a command that is started here, or by a JavaScript module.',
      "service: { url: 'http://127.0.0.1:8080', model: 'alpha' },",
      "service: { command: ['python3', 'serve.py', '--port', '{port}'], readyUrl: 'http://127.0.0.1:{port}/v2/health/ready', model: 'alpha' },",
    ]),
    ...block('pipeline', pipelines, [
      'A batch pipeline: reads prices, universe and calendar (CSV and Parquet) from {input}, writes predictions.csv to {output}.',
      "pipeline: { command: ['python3', 'pipeline.py', '{input}', '{output}'] },",
    ]),
    ...(services.length + pipelines.length === 0 ? [] : ['    },']),
    '  },',
    '  // Limits that decide the exit code of preopen run --validate-requirements; left out, those of the suite hold.',
    '  // requirements: [',
    "  //   'latency.inference.p95 < 100 ms',",
    "  //   'throughput.predictions > 1500 /s',",
    "  //   'memory.pipeline.peakRss < 16 GB',",
    "  //   'ic.mean > 0.05',",
    "  //   'features.duration < 30 min',",
    '  // ],',
    '  // Market data of your own in place of the simulated market: a folder or a file, CSV or Parquet.',
    "  // data: './prices.csv.gz',",
    '  // Suites of your own, as changes to a built-in one.',
    "  // suites: { nightly: { extends: 'comprehensive', stocks: 2000, days: 504 } },",
    '};',
  ].join('\n')}\n`;
}
