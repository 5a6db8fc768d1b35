import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineSplitter } from '../../src/targets/line-splitter.ts';
import { stageAnnouncer } from '../../src/targets/pipeline-module.ts';
import { parseStageLine, type StageEvent, stageTimings } from '../../src/targets/stage-lines.ts';
import { substitute, substituteCommand } from '../../src/targets/substitute.ts';

describe('placeholders', () => {
  it('are replaced wherever they stand in an argument, as often as they stand there', () => {
    expect(substituteCommand(['serve', '--port={port}', '{port}:{port}'], { port: '81' })).toEqual([
      'serve',
      '--port=81',
      '81:81',
    ]);
  });

  it('of other names stay: they may be the braces of the program itself', () => {
    expect(substitute('{"a": {x}} {port} {toString}', { port: '1' })).toBe('{"a": {x}} 1 {toString}');
  });

  it('put values in as they are, also those that look like a pattern', () => {
    expect(substitute('{input}', { input: '/tmp/$& {output}', output: 'no' })).toBe('/tmp/$& {output}');
  });
});

describe('lines of output', () => {
  const split = (chunks: readonly Uint8Array[], longest?: number): string[] => {
    const lines: string[] = [];
    const splitter = lineSplitter((line) => lines.push(line), longest);
    for (const chunk of chunks) splitter.push(chunk);
    splitter.end();
    return lines;
  };

  it('are the same wherever the stream was cut, also in the middle of a character', () => {
    const text = '{"stage":"特徵"}\r\nzwei\n\nlast without end';
    const bytes = Buffer.from(text);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 8 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        expect(split(chunks)).toEqual(['{"stage":"特徵"}', 'zwei', '', 'last without end']);
      }),
    );
  });

  it('keep to their bound: of a line without end only its start is held', () => {
    const chunks = Array.from({ length: 100 }, () => Buffer.from('abcdefghij'));
    expect(split([...chunks, Buffer.from('\nnext\n')], 15)).toEqual(['abcdefghijabcde', 'next']);
  });
});

describe('stage lines', () => {
  it('are read with their rows, at the time of their reading', () => {
    expect(parseStageLine('{"stage":"features","event":"end","rows":504000}', 12)).toEqual({
      stage: 'features',
      event: 'end',
      atMs: 12,
      rows: 504000,
    });
  });

  it.each([
    'loading prices …',
    '{"stage":"features","event":"end"',
    '{"stage":"features"}',
    '{"stage":"","event":"start"}',
    '{"stage":7,"event":"start"}',
    '{"stage":"x","event":"middle"}',
    '{"level":"info","message":"ok"}',
    'null',
  ])('are nothing else: %s', (line) => {
    expect(parseStageLine(line, 0)).toBeUndefined();
  });

  it('with rows that make no sense count without them', () => {
    expect(parseStageLine('{"stage":"x","event":"end","rows":"many"}', 1)).toEqual({
      stage: 'x',
      event: 'end',
      atMs: 1,
    });
    expect(parseStageLine('{"stage":"x","event":"end","rows":-1}', 1)).toEqual({ stage: 'x', event: 'end', atMs: 1 });
  });

  it('that the announcer of JS modules writes are read back', async () => {
    const lines: string[] = [];
    const stage = stageAnnouncer((line) => lines.push(line));
    const work = (reportRows: (rows: number) => void): string => {
      reportRows(3);
      return 'result';
    };
    expect(await stage('features', work)).toBe('result');
    expect(lines.map((line, index) => parseStageLine(line, index))).toEqual([
      { stage: 'features', event: 'start', atMs: 0 },
      { stage: 'features', event: 'end', atMs: 1, rows: 3 },
    ]);
  });
});

describe('stage times', () => {
  const event = (stage: string, kind: 'start' | 'end', atMs: number): StageEvent => ({ stage, event: kind, atMs });

  it('go from each start to the end of the same stage, and a stage may come again', () => {
    const events = [event('a', 'start', 1), event('b', 'start', 2), event('b', 'end', 3), event('a', 'end', 5)];
    const again = [event('b', 'start', 6), event('b', 'end', 9)];
    expect(stageTimings([...events, ...again])).toEqual([
      { stage: 'a', startMs: 1, endMs: 5 },
      { stage: 'b', startMs: 2, endMs: 3 },
      { stage: 'b', startMs: 6, endMs: 9 },
    ]);
  });

  it('stay open where the pipeline ended first, and an end without a start is left out', () => {
    expect(stageTimings([event('b', 'end', 1), event('a', 'start', 2)])).toEqual([
      { stage: 'a', startMs: 2, endMs: undefined },
    ]);
  });
});
