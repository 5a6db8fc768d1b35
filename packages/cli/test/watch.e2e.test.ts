import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readHistory } from '@preopen/report';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aFolder, type Command, preopen, processesOf, until } from './support/command.ts';

const made = aFolder('watch');
const operations = fileURLToPath(new URL('../../../docs/operations/', import.meta.url));
let server: Server;
let isBroken = false;
let asked = 0;
let address: string;

beforeAll(async () => {
  server = createServer((_request, response) => {
    asked++;
    response.writeHead(isBroken ? 500 : 200).end('fine');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/score`;
});
afterAll(() => {
  server.close();
  rmSync(made, { recursive: true });
});

const metricsUrl = (command: Command): string => /http:\S+\/metrics/.exec(command.err())?.[0] ?? '';
const linesOf = (command: Command): { type: string; up?: boolean; kind?: string; requests?: number }[] =>
  command
    .out()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
/** Names of metrics that a query asks for, or that a text of samples holds. */
const namesIn = (text: string): string[] => text.match(/\bpreopen_\w+/g) ?? [];
const exposed = (text: string): string[] =>
  text.split('\n').flatMap((line) => (line.startsWith('#') ? [] : (/^\w+/.exec(line) ?? [])));

const promtool = process.env.PROMTOOL ?? 'promtool';
const hasPromtool = spawnSync(promtool, ['--version']).status === 0;

describe('preopen watch', () => {
  it('serves what it measures, tells an outage and its end, starts the program of alerts, and ends at Ctrl-C with nothing left', async () => {
    const pager = join(made, 'pager.sh');
    writeFileSync(pager, '#!/bin/sh\ncat >> alerts.ndjson\n');
    chmodSync(pager, 0o755);
    const args = ['--rate', '400', '--every', '1s', '--requests-per-hour', '9000', '--port', '0', '--json'];
    const command = preopen(['watch', address, ...args, '--on-alert', pager], made);
    const runs = () => linesOf(command).filter(({ type }) => type === 'run');
    const alerts = () => linesOf(command).flatMap(({ type, kind }) => (type === 'alert' ? [kind] : []));
    await until('a first run', () => runs().length > 0, 30_000);
    const up = await (await fetch(metricsUrl(command))).text();
    expect(up).toContain(`preopen_watch_up{target="${address}"} 1\n`);
    expect(exposed(up)).toContain('preopen_latency_response_p95_seconds');
    expect(metricsUrl(command)).toMatch(/^http:\/\/127\.0\.0\.1:/);

    isBroken = true;
    await until('an alert of the outage', () => alerts().includes('down'), 30_000);
    const down = await (await fetch(metricsUrl(command))).text();
    expect(down).toContain(`preopen_watch_up{target="${address}"} 0\n`);
    // What cannot be measured now has no figure of before.
    expect(exposed(down)).not.toContain('preopen_latency_response_p95_seconds');
    isBroken = false;
    await until('an alert of its end', () => alerts().includes('up'), 30_000);
    await until('both alerts in the program’s hands', () => {
      return processesOf(made).length === 1 && readFileSync(join(made, 'alerts.ndjson'), 'utf8').split('\n').length > 2;
    });
    command.child.kill('SIGINT');
    expect(await command.ended).toBe(0);
    expect(processesOf(made)).toEqual([]);
    const kept = readFileSync(join(made, 'alerts.ndjson'), 'utf8').trim().split('\n');
    expect(kept.map((line) => JSON.parse(line).kind).toSorted()).toEqual(['down', 'up']);
    const { entries, problems } = await readHistory(join(made, '.preopen/history'));
    expect(problems).toEqual([]);
    expect(entries).toHaveLength(runs().length);
  });

  it('counts each request, and skips runs that could exceed the budget', async () => {
    asked = 0;
    const args = ['--rate', '400', '--every', '1s', '--requests-per-hour', '600', '--port', '0', '--json'];
    const command = preopen(['watch', address, ...args, '--history', 'other'], made);
    await until('a skipped run', () => linesOf(command).some(({ type }) => type === 'skipped'));
    command.child.kill('SIGTERM');
    expect(await command.ended, command.err()).toBe(0);
    const lines = linesOf(command);
    const counted = lines.filter(({ type }) => type === 'run').map(({ requests }) => requests!);
    expect(counted).toHaveLength(1);
    // Beside the requests of the run, readiness is asked for at most a few times.
    expect(asked).toBeGreaterThanOrEqual(counted[0]!);
    expect(asked - counted[0]!).toBeLessThan(10);
  });

  it('serves every metric that the alert rules and the dashboard ask for', async () => {
    const command = preopen(['watch', 'reference', '--rate', '400', '--every', '1m', '--port', '0', '--json'], made);
    await until('a first run', () => linesOf(command).length > 0);
    const text = await (await fetch(metricsUrl(command))).text();
    command.child.kill('SIGINT');
    await command.ended;
    const names = new Set(exposed(text));
    // Of a plain endpoint the same are called response; changes are served once there are some.
    const known = (name: string): boolean =>
      names.has(name.replace('latency_response', 'latency_inference')) ||
      name === 'preopen_watch_suspected_change_ratio';
    const { panels } = JSON.parse(readFileSync(join(operations, 'grafana-dashboard.json'), 'utf8')) as {
      panels: { targets: { expr: string }[] }[];
    };
    const rules = readFileSync(join(operations, 'alert-rules.yml'), 'utf8');
    const queries = [...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)), ...rules.match(/expr: .*/g)!];
    expect(queries.length).toBeGreaterThan(15);
    for (const query of queries) {
      const wanted = namesIn(query);
      expect(wanted.length, query).toBeGreaterThan(0);
      expect(
        wanted.filter((name) => !known(name)),
        query,
      ).toEqual([]);
    }
  });

  it('runs the light checks of a suite, tells which it leaves out, and never more requests than an hour may have', async () => {
    writeFileSync(
      join(made, 'preopen.config.json'),
      JSON.stringify({
        suites: {
          light: {
            extends: 'taiwan',
            only: ['taiwan/service-limitDown', 'taiwan/panel-typhoon-closure'],
            stocks: 20,
          },
        },
      }),
    );
    const args = [
      'watch',
      'reference',
      '--suite',
      'light',
      '--every',
      '1s',
      '--port',
      '0',
      '--json',
      '--history',
      'suite',
    ];
    const whole = preopen([...args, '--max-runs', '1', '--requests-per-hour', '30000'], made);
    expect(await whole.ended, whole.err()).toBe(0);
    expect(whole.err()).toContain('left out: taiwan/panel-typhoon-closure: it runs a pipeline');
    const [run] = linesOf(whole);
    expect(run).toMatchObject({ type: 'run', up: true });
    expect(run!.requests).toBeGreaterThan(400);
    const { entries } = await readHistory(join(made, 'suite'));
    expect(entries.map(({ suite }) => suite)).toEqual(['light']);
    expect(entries[0]!.metrics.map(({ metric }) => metric).join()).toMatch(/taiwan\.[\w-]+\.p95/);

    const short = preopen([...args, '--requests-per-hour', '150'], made);
    await until('a run that ended at the budget', () => linesOf(short).some(({ type }) => type === 'skipped'), 60_000);
    const text = await (await fetch(metricsUrl(short))).text();
    short.child.kill('SIGINT');
    expect(await short.ended).toBe(0);
    expect(text).toMatch(/preopen_watch_requests_total\{[^}]*\} 150\n/);
    expect((await readHistory(join(made, 'suite'))).entries).toHaveLength(1);
    rmSync(join(made, 'preopen.config.json'));
  }, 180_000);

  it('refuses a suite of which nothing is light', async () => {
    const command = preopen(['watch', 'reference', '--suite', 'failover'], made);
    expect(await command.ended).toBe(2);
    expect(command.err()).toMatch(/E163.*none of its \d+ checks is light enough/s);
  });

  it.skipIf(!hasPromtool)(
    'has alert rules that promtool takes (needs promtool, Debian package prometheus; PROMTOOL names another)',
    () => {
      const checked = spawnSync(promtool, ['check', 'rules', join(operations, 'alert-rules.yml')], {
        encoding: 'utf8',
      });
      expect(checked.status, checked.stderr).toBe(0);
    },
  );
});
