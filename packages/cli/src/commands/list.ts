import { didYouMean, formatQuantity, InputError } from '@preopen/core';
import { builtinChecks } from '../checks.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type Streams, stylesOf } from '../streams.ts';
import { builtinSuites } from '../suites.ts';
import { type Cell, layoutTable } from '../terminal/table.ts';

const suites = () =>
  builtinSuites.map(({ name, title, scale, checks, requirements }) => ({
    name,
    title,
    ...scale,
    checks,
    requirements: requirements.map(({ expression }) => expression),
  }));

const checks = () =>
  builtinChecks().map(({ id, title, needs, exclusive, metrics, expectedMs }) => ({
    id,
    title,
    needs,
    exclusive,
    metrics,
    expectedSeconds: Math.round(expectedMs({ stocks: 2000, days: 252, users: 50 }) / 1000),
  }));

const metrics = () =>
  builtinChecks().flatMap(({ id, metrics: names }) =>
    names.map((metric) => ({
      metric,
      check: id,
      requirements: [
        ...new Set(
          builtinSuites.flatMap(({ requirements }) =>
            requirements.filter((one) => one.metric === metric).map((one) => one.expression),
          ),
        ),
      ],
    })),
  );

/** `preopen list`: what suites, checks and metrics there are. */
export function listCommand(what: string, json: boolean, streams: Streams): ExitCode {
  const lists = { suites, checks, metrics };
  if (!Object.hasOwn(lists, what)) {
    const names = Object.keys(lists);
    throw new InputError(`nothing to list under “${what}”. Known are ${names.join(', ')}.${didYouMean(what, names)}`, {
      code: 'E107',
    });
  }
  if (json) {
    streams.out.write(`${JSON.stringify(lists[what as keyof typeof lists](), null, 2)}\n`);
    return exitCodes.ok;
  }
  const { out } = stylesOf(streams, 'auto');
  const bold = (text: string): Cell => ({ text, paint: out.colors.bold });
  const rows: Record<keyof typeof lists, () => Cell[][]> = {
    suites: () =>
      suites().map((suite) => [
        bold(suite.name),
        { text: formatQuantity(suite.stocks, 'count'), align: 'right' },
        { text: `stocks × ${suite.days} days` },
        { text: suite.title },
      ]),
    checks: () => checks().map((check) => [bold(check.id), { text: check.needs.join(' ') }, { text: check.title }]),
    metrics: () =>
      metrics().map(({ metric, check, requirements }) => {
        // Behind its own name, a metric's requirements are its limits.
        const limits = requirements.map((expression) => expression.slice(metric.length).trim());
        return [bold(metric), { text: check }, { text: limits.join('; ') }];
      }),
  };
  streams.out.write(`${layoutTable(rows[what as keyof typeof lists](), out.columns).join('\n')}\n`);
  return exitCodes.ok;
}
