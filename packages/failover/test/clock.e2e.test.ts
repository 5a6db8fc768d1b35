import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningService, startService, systemClock } from '@preopen/core';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { faketimeLibrary } from '../src/clock/faketime.ts';
import { skewClock } from '../src/clock/skew-clock.ts';
import type { LiveSite } from '../src/site.ts';
import { liveSite } from './support/live-site.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'failover-clock-')));
const { signal } = new AbortController();
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Says, as JSON, what its clocks are; each of them in seconds. */
const nodeProgram = `
  const early = Date;
  const { Worker, isMainThread, parentPort } = require('node:worker_threads');
  const clocks = () => ({
    now: Date.now() / 1000, made: new Date() / 1000, written: Date.parse(Date()) / 1000, early: early.now() / 1000,
    monotonic: performance.now() / 1000, given: new Date(86_400_000) / 1000,
    isDate: new Date() instanceof Date && new Date().constructor === Date && new (class extends Date {})() instanceof Date,
  });
  const thread = new Worker("const { parentPort } = require('node:worker_threads'); parentPort.on('message', () => parentPort.postMessage(Date.now() / 1000));", { eval: true });
  require('node:http').createServer((request, response) => {
    if (request.url.startsWith('/v2')) return response.end(JSON.stringify({ name: 'clocks', inputs: [{ name: 'input', datatype: 'FP64', shape: [-1, 2] }] }));
    thread.once('message', (inThread) => response.end(JSON.stringify({ ...clocks(), inThread })));
    thread.postMessage(0);
  }).listen(Number(process.argv[2]), '127.0.0.1');`;

const pythonProgram = `
import datetime, json, os, pickle, sys, time
from datetime import datetime as moment
from http.server import BaseHTTPRequestHandler, HTTPServer

def in_fork():
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.write(writer, str(time.time()).encode())
        os._exit(0)
    return float(os.read(reader, 100))

def clocks():
    a_moment = moment(2025, 4, 7, 9, 0)
    class Own(datetime.datetime):
        pass
    return {
        "now": time.time(), "ns": time.time_ns() / 1e9, "gettime": time.clock_gettime(time.CLOCK_REALTIME),
        "made": moment.now().timestamp(), "aware": moment.now(datetime.timezone.utc).timestamp(),
        "utc": moment.utcnow().replace(tzinfo=datetime.timezone.utc).timestamp(),
        "local": time.mktime(time.localtime()), "written": time.mktime(time.strptime(time.ctime())),
        "monotonic": time.monotonic(), "given": moment.fromtimestamp(86400).timestamp(), "forked": in_fork(),
        "isDate": isinstance(moment.now(), datetime.date) and issubclass(moment, datetime.date)
            and isinstance(a_moment + datetime.timedelta(1), moment) and not isinstance(a_moment, Own)
            and pickle.loads(pickle.dumps(a_moment)) == a_moment and pickle.loads(pickle.dumps(a_moment.date())) == a_moment.date()
            and datetime.date.today() == moment.now().date() and type(moment.now()) is moment,
        "own": os.environ.get("THEIR_OWN"),
    }

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        about = {"name": "clocks", "inputs": [{"name": "input", "datatype": "FP64", "shape": [-1, 2]}]}
        body = json.dumps(about if self.path.startswith("/v2") else clocks()).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass

HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()`;

interface Clocks extends Readonly<Record<string, unknown>> {
  readonly monotonic: number;
  readonly given: number;
  readonly isDate: boolean;
}
const wallClocks = {
  node: ['now', 'made', 'written', 'early', 'inThread'],
  python: ['now', 'ns', 'gettime', 'made', 'aware', 'utc', 'local', 'written', 'forked'],
};

async function aService(
  program: readonly [string, ...string[]],
  env: Record<string, string> = {},
): Promise<RunningService> {
  const service = await startService(
    {
      kind: 'command',
      name: 'clocks',
      model: 'clocks',
      command: [...program, '{port}'],
      readyUrl: 'http://127.0.0.1:{port}/v2/health/ready',
      env,
    },
    { clock: systemClock, signal, workDir: folder, configDir: folder },
  );
  closing.push(() => service.stop());
  return service;
}

const siteOf = (service: RunningService): Promise<LiveSite> => liveSite(service, { folder, closing });

const clocksOf = async ({ url }: RunningService): Promise<Clocks> =>
  (await fetch(new URL('/clocks', url))).json() as Promise<Clocks>;

/** The service with another wall clock, and how it was before, meanwhile and after. */
async function skewed(service: RunningService, offsetMs: number) {
  const site = await siteOf(service);
  const fault = skewClock(1000, offsetMs);
  expect(await fault.probe(site)).toEqual({ isAvailable: true });
  const { service: again } = await fault.prepare!(site);
  const before = await clocksOf(again);
  const undo = await fault.inject(site);
  const trueS = Date.now() / 1000;
  let during = await clocksOf(again);
  // So do its threads, of which only the main one is waited for.
  while (Math.abs(Number(during.inThread ?? during.now) - Number(during.now)) > 1) during = await clocksOf(again);
  await undo();
  let after = await clocksOf(again);
  // A Node service looks at the clock file now and then.
  const endMs = performance.now() + 5000;
  while (performance.now() < endMs && Math.abs(Number(after.now) - Date.now() / 1000) > 2)
    after = await clocksOf(again);
  await site.journal.undoAll();
  return { before, during, after, trueS };
}

const programs = { 'clocks.cjs': nodeProgram, 'clocks.py': pythonProgram };
for (const [name, text] of Object.entries(programs)) writeFileSync(join(folder, name), text);

describe('the wall clock of a service, with nothing installed', () => {
  it.each([
    ['node', [process.execPath, join(folder, 'clocks.cjs')]],
    ['python', ['python3', join(folder, 'clocks.py')]],
  ] as const)(
    '%s: all that tells the time is off by a minute, the monotonic clock is not, and then it is right',
    async (language, program) => {
      const offsetS = -60;
      const service = await aService(program);
      const { before, during, after, trueS } = await skewed(service, offsetS * 1000);
      for (const clock of wallClocks[language]) {
        // Some are cut to the second.
        expect.soft(Number(during[clock]) - trueS - offsetS, clock).toBeGreaterThan(-1.1);
        expect.soft(Number(during[clock]) - trueS - offsetS, clock).toBeLessThan(30);
      }
      expect(Number(after.now)).toBeGreaterThanOrEqual(trueS);
      expect(during.monotonic).toBeGreaterThanOrEqual(before.monotonic);
      expect(during.monotonic - before.monotonic).toBeLessThan(30);
      for (const clocks of [before, during, after]) expect(clocks).toMatchObject({ given: 86_400, isDate: true });
      expect(readdirSync(join(folder, 'fault'))).toEqual([]);
    },
    60_000,
  );

  it('runs what a Python service has of the same name, and leaves its modules where they are found', async () => {
    const own = join(folder, 'own');
    mkdirSync(own);
    writeFileSync(join(own, 'sitecustomize.py'), 'import os\nos.environ["THEIR_OWN"] = "ran"\n');
    const service = await aService(['python3', join(folder, 'clocks.py')], { PYTHONPATH: own });
    const { during } = await skewed(service, 2000);
    expect(during.own).toBe('ran');
  }, 60_000);

  it('is not in effect where a Python service goes by another one, and that is said', async () => {
    const unmoved = pythonProgram.replace('HTTPServer((', 'time.time = lambda: 5.0\nHTTPServer((');
    writeFileSync(join(folder, 'unmoved.py'), unmoved);
    const site = await siteOf(await aService(['python3', join(folder, 'unmoved.py')]));
    const fault = skewClock(1000, -60_000);
    await fault.prepare!(site);
    await expect(fault.inject(site)).rejects.toThrow('the clock of the service did not follow');
  }, 60_000);

  it('is not set in a Python that takes nothing from its environment, and that is said', async () => {
    const site = await siteOf(await aService(['python3', '-I', join(folder, 'clocks.py')]));
    await expect(skewClock(1000, -60_000).prepare!(site)).rejects.toThrow('its clock cannot be set');
  }, 60_000);

  it.runIf(faketimeLibrary() === undefined)('of another language needs faketime', async () => {
    const site = await siteOf(await aService([process.execPath, join(folder, 'clocks.cjs')]));
    // Not known to be of either.
    const other = { ...site, processes: () => [{ pid: Number.MAX_SAFE_INTEGER, startTicks: '0' }] };
    expect(await skewClock(1000, -60_000).probe(other)).toEqual({
      isAvailable: false,
      needs: 'a service on Node or Python, or faketime (Debian: apt-get install faketime)',
    });
  });
});
