import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config-file.ts';
import { parseConfig } from '../src/config-validation.ts';
import type { Reply } from '../src/inference.ts';
import { InputError } from '../src/input-error.ts';
import { parseMachineTicks, parsePressureUs, parseProcessTicks } from '../src/internal/cpu-times.ts';
import { decodeInferRequest, encodeInferResponse, openInferenceCodec } from '../src/open-inference-protocol.ts';
import { parseRequirement } from '../src/requirement-parser.ts';
import { parseResults, serializeResults } from '../src/results-file.ts';
import { targetAtAddress } from '../src/targets/address.ts';
import { readModelMetadata, speaksBinaryTensors } from '../src/targets/model-metadata.ts';
import { parseProcStat } from '../src/targets/proc.ts';
import { parseSamples } from '../src/targets/samples.ts';
import { parseStageLine, stageTimings } from '../src/targets/stage-lines.ts';
import { fuzz, mutatedBytes, mutatedDocuments, mutatedTexts } from './support/mutations.ts';
import { aCheckResult, aRun } from './support/results-builders.ts';

const config = {
  $schema: './config.v1.json',
  targets: {
    mine: {
      service: {
        command: ['python3', 'serve.py', '{port}'],
        url: 'http://127.0.0.1:{port}',
        readyUrl: 'http://127.0.0.1:{port}/ready',
        model: 'alpha',
        samples: 'samples.csv',
        features: 20,
        env: { A: 'b' },
        readyTimeoutMs: 5000,
        upstreams: { store: { env: 'STORE_URL', url: 'http://127.0.0.1:9000' } },
        modelFile: { path: 'model.txt', reload: 'SIGHUP' },
      },
      pipeline: { command: ['python3', 'pipeline.py', '{input}', '{output}'], cwd: '.' },
    },
    other: { service: { url: 'http://127.0.0.1:8080' }, pipeline: { module: './pipeline.js' } },
  },
  requirements: ['latency.inference.p95 < 100 ms', 'ic.mean > 0.05'],
  suites: {
    nightly: { extends: 'quick', stocks: 2000, days: 504, users: 3, only: ['load'], requirements: ['a.b < 1'] },
  },
  target: 'mine',
  data: 'prices.csv',
  seed: 42,
  outputDir: 'out',
  reporters: ['json'],
};

const scratch = mkdtempSync(join(tmpdir(), 'fuzz-core-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('whatever is written in a config', () => {
  it('gives a config or all its mistakes, as a document', async () => {
    await fuzz(
      mutatedDocuments(config),
      (input) => parseConfig(input, { path: 'preopen.config.json', dir: '/' }),
      [InputError],
      ({ targets, suites }) => {
        for (const { name } of targets) expect(name).toMatch(/^[\w.-]+$/);
        expect(Object.getPrototypeOf(suites)).toBe(Object.prototype);
      },
    );
  });

  it('gives a config or an error with the file’s name, as JSON with comments', async () => {
    const path = join(scratch, 'preopen.config.json');
    const text = `// ours\n${JSON.stringify(config, null, 2).replace('"seed"', '/* any */ "seed"')}`;
    await fuzz(
      mutatedTexts(text),
      async (input) => {
        writeFileSync(path, input);
        return await loadConfig(path);
      },
      [InputError],
    );
  });
});

describe('whatever is written as a requirement', () => {
  it('gives a finite limit in a unit, or an error with a caret', async () => {
    await fuzz(
      mutatedTexts(
        'latency.inference.p95 < 100 ms',
        'memory.pipeline.peakRss <= 1_600.5e3 GiB',
        'ic.mean > 0.05',
        'a.b ≥ 3 %',
      ),
      (input) => parseRequirement(input),
      [InputError],
      ({ limit, unit, comparison }) => {
        expect(Number.isFinite(limit)).toBe(true);
        expect(['ms', 's', 'bytes', '1/s', 'ratio', 'count']).toContain(unit);
        expect(['<', '<=', '>', '>=']).toContain(comparison);
      },
    );
  });

  it.each(['__proto__', 'constructor', 'toString'])(
    'of the unit %s is refused: that is a name of the language',
    (unit) => {
      expect(() => parseRequirement(`a.b < 1 ${unit}`)).toThrow(InputError);
    },
  );
});

describe('whatever a results file holds', () => {
  const interval = { low: 1, high: 3, confidence: 0.95, method: 'batches' };
  const measured = { metric: 'latency.inference.p95', value: 2, unit: 'ms', samples: 100, interval } as const;
  const run = aRun({ checks: [aCheckResult({ measurements: [measured] })] });

  it('gives a document of the schema, or an error with the file’s name', async () => {
    const own = (input: string) => parseResults(input, 'out/results.json');
    await fuzz(mutatedTexts(serializeResults(run)), own, [InputError]);
    await fuzz(
      mutatedDocuments(run).map((value) => JSON.stringify(value) ?? ''),
      own,
      [InputError],
      ({ checks }) => {
        for (const { measurements } of checks) expect(Array.isArray(measurements)).toBe(true);
      },
    );
  });
});

describe('whatever is sent in the Open Inference Protocol', () => {
  const batch = { rows: 3, features: 2, values: Float64Array.of(1, 2, 3, 4, 5, 6) };
  const codecs = [true, false].map((binary) => openInferenceCodec({ binary, inputName: 'x', datatype: 'FP32' }));
  const isJson = (headers: Reply['headers']) => headers['inference-header-content-length'] === undefined;

  it('gives a request of as many values as its shape says, or an error for the client', async () => {
    for (const codec of codecs) {
      const { headers, body } = codec.encode(batch, 'alpha');
      await fuzz(
        mutatedBytes(body as Uint8Array),
        (bytes) => decodeInferRequest(headers, bytes),
        [Error],
        (request) => {
          if (request.texts === undefined) expect(request.values.length).toBe(request.rows * request.features);
          else expect(request.texts.length).toBe(request.rows);
        },
      );
      if (!isJson(headers)) continue;
      const document = JSON.parse(Buffer.from(body as Uint8Array).toString()) as unknown;
      await fuzz(
        mutatedDocuments(document, {
          inputs: [{ name: 'codes', shape: [2], datatype: 'BYTES', data: ['2330', '0050'] }],
        }),
        (input) => decodeInferRequest({}, Buffer.from(JSON.stringify(input) ?? '')),
        [Error],
        (request) => expect(request.values.length).toBe(request.rows * request.features),
      );
    }
  });

  it('gives predictions, or an error for the report', async () => {
    for (const [index, codec] of codecs.entries()) {
      const { headers, body } = encodeInferResponse({
        model: 'alpha',
        id: '1',
        outputName: 'y',
        predictions: Float64Array.of(1, Number.NaN, -3),
        binary: index === 0,
      });
      const decode = (bytes: Uint8Array) => codec.decode({ status: 200, headers, body: bytes });
      await fuzz(mutatedBytes(body), decode, [Error], (values) => expect(values).toBeInstanceOf(Float64Array));
      if (!isJson(headers)) continue;
      const document = JSON.parse(Buffer.from(body).toString()) as unknown;
      await fuzz(mutatedDocuments(document), (input) => decode(Buffer.from(JSON.stringify(input) ?? '')), [Error]);
    }
  });

  it('gives what a model’s metadata say, or why they are unknown', async () => {
    const said = {
      name: 'alpha',
      platform: 'x',
      inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 20] }],
      extensions: ['a'],
    };
    await fuzz(
      mutatedDocuments(said).map(
        (value) => ({ kind: 'answer', status: 200, text: JSON.stringify(value) ?? '' }) as const,
      ),
      (answer) => [readModelMetadata(answer, 'alpha'), speaksBinaryTensors(answer)] as const,
      [],
      ([answer]) => {
        if (answer.kind === 'known') expect(answer.metadata.features ?? 1).toBeGreaterThan(0);
        else expect(answer.reason.length).toBeLessThan(2000);
      },
    );
  });
});

describe('whatever stands in a file of samples', () => {
  it('gives finite rows, or an error with file and line', async () => {
    await fuzz(
      mutatedTexts('stock,date,f1,f2\n2330,2024-01-02,1.5,-2\n0050,2024-01-02,0,1e3\n', 'a,b\r\n1,2\r\n'),
      (text) => parseSamples(text, 'samples.csv'),
      [InputError],
      ({ rows, features, values, stocks }) => {
        expect(values.length).toBe(rows * features);
        expect(values.every(Number.isFinite)).toBe(true);
        expect(stocks?.length ?? rows).toBe(rows);
      },
    );
  });
});

describe('whatever a program prints, or the kernel says', () => {
  it('gives a stage or nothing', async () => {
    await fuzz(
      mutatedTexts('{"stage":"features","event":"start","rows":12}', '{"stage":"x","event":"end"}'),
      (line) => stageTimings([parseStageLine(line, 1)].filter((event) => event !== undefined)),
      [],
    );
  });

  it('gives a process, a reading, or nothing', async () => {
    const stat = '4711 (a) b) S 1 4711 4700 0 -1 4194560 1 0 0 0 3 1 0 0 20 0 1 0 987654 1000000 500 184467 1 1 0';
    await fuzz(
      mutatedTexts(stat),
      (text) => [parseProcStat(text), parseProcessTicks(text)] as const,
      [],
      ([entry]) => {
        if (entry) expect([entry.pid, entry.parent, entry.group, entry.session].every(Number.isFinite)).toBe(true);
      },
    );
    await fuzz(mutatedTexts('cpu  10 20 30 40 5 6 7 8 0 0\ncpu0 1 2 3 4 5 6 7 8\n'), parseMachineTicks, [], (ticks) => {
      if (ticks) expect(Object.values(ticks).every(Number.isFinite)).toBe(true);
    });
    const pressure =
      'some avg10=0.00 avg60=0.00 avg300=0.00 total=123\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=1\n';
    await fuzz(mutatedTexts(pressure), parsePressureUs, [], (us) => {
      if (us !== undefined) expect(Number.isFinite(us)).toBe(true);
    });
  });
});

describe('whatever is typed as an address', () => {
  it('gives a target, or an error that shows an address', async () => {
    const signal = AbortSignal.timeout(60_000);
    await fuzz(
      mutatedTexts('http://127.0.0.1:1/v2/models/alpha', '127.0.0.1:1/v2/models/a%20b/infer').filter((text) =>
        /models\/./.test(text),
      ),
      (text) => targetAtAddress(text, {}, signal),
      [InputError],
    );
  });

  it('stays with the host that was typed, whatever its path begins with', async () => {
    const { service } = await targetAtAddress('http://127.0.0.1:1//other/v2/models/a', {}, AbortSignal.timeout(60_000));
    expect(service).toMatchObject({ kind: 'url', url: 'http://127.0.0.1:1//other', model: 'a' });
  });

  it('refuses a percent sign that stands for nothing', async () => {
    const typed = targetAtAddress('http://127.0.0.1:1/v2/models/a%zz', {}, AbortSignal.timeout(60_000));
    await expect(typed).rejects.toThrow('“a%zz” is no name in a path. Write a percent sign in it as %25.');
  });
});

describe('what was found by looking further, and is kept', () => {
  const deepList = `${'['.repeat(9000)}${']'.repeat(9000)}`;

  it('a limit beyond all numbers is none', () => {
    expect(() => parseRequirement('a.b < 1e999 ms')).toThrow(InputError);
  });

  it('the caret of a long line stands under its spot, with what is around it', () => {
    const error = (): unknown => parseRequirement(`${'a.b'.repeat(100)} = 5`);
    expect(error).toThrow(/^requirement can't be read: expected one of < <= > >= after the metric\n.{62,}\n {60}\^$/);
  });

  it('a version, a config’s value, a shape that is nested deeper than the stack is refused like any other', async () => {
    await expect(parseResults(`{"schemaVersion": ${deepList}}`)).rejects.toThrow(InputError);
    expect(() => parseConfig({ seed: JSON.parse(deepList) as unknown }, { path: undefined, dir: '/' })).toThrow(
      InputError,
    );
    const body = Buffer.from(`{"inputs":[{"name":"x","shape":${deepList},"datatype":"FP32","data":[]}]}`);
    // Newer engines write it out, older ones cannot.
    expect(() => decodeInferRequest({}, body)).toThrow(
      /has shape (something that cannot be shown|\[{40,60}…), expected/,
    );
  });

  it('a name or a size that cannot be made a text is none', () => {
    const cursed = { toString: 1, valueOf: 1 };
    const answer = {
      kind: 'answer',
      status: 200,
      text: JSON.stringify({ inputs: [{ name: cursed, datatype: 'INT8' }] }),
    } as const;
    expect(readModelMetadata(answer, 'm')).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('is INT8'),
    });
    const input = { name: cursed, shape: [cursed], datatype: 'FP32', data: [1] };
    expect(() => decodeInferRequest({}, Buffer.from(JSON.stringify({ inputs: [input] })))).toThrow(
      'expected an array of sizes',
    );
  });
});
