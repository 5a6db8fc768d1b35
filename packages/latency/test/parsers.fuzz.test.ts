import { describe, expect, it } from 'vitest';
import { fuzz, mutatedDocuments, mutatedTexts } from '../../core/test/support/mutations.ts';
import { timelineOf, timesBetween } from '../src/profile/functions.ts';
import { answerOf } from '../src/profile/record-node.ts';
import { parseServerTiming } from '../src/stages.ts';

describe('whatever a service says in Server-Timing', () => {
  it('gives durations that are none or more, by name', async () => {
    await fuzz(
      mutatedTexts('db;dur=53.2, app;desc="a, b; c";dur=47', 'queue;dur="1e3",miss', '"a;dur=1'),
      (header) => parseServerTiming([header, header]),
      [],
      (stages) => {
        for (const [name, ms] of stages) expect(name !== '' && Number.isFinite(ms) && ms >= 0).toBe(true);
      },
    );
  });
});

const frame = (functionName: string, url: string) => ({
  functionName,
  url,
  scriptId: '1',
  lineNumber: 11,
  columnNumber: 0,
});
const profile = {
  nodes: [
    { id: 1, callFrame: frame('(root)', ''), children: [2, 3, 4] },
    { id: 2, callFrame: frame('predict', 'file:///srv/model.mjs'), children: [5] },
    { id: 3, callFrame: frame('(idle)', '') },
    { id: 4, callFrame: frame('(garbage collector)', '') },
    { id: 5, callFrame: frame('writeBuffer', 'node:internal/streams') },
  ],
  startTime: 1_000_000,
  endTime: 1_010_000,
  samples: [2, 5, 3, 4, 2],
  timeDeltas: [100, 1000, 1100, 900, 1000],
};

describe('whatever a profiled process tells', () => {
  it('gives a timeline in order, whose parts add up, or an error', async () => {
    await fuzz(
      mutatedDocuments(profile),
      (document) => timelineOf(document as never, 2),
      [Error],
      (timeline) => {
        const { names, atMs, owner } = timeline;
        expect(atMs.every((ms, i) => ms >= (atMs[i - 1] ?? Number.NEGATIVE_INFINITY))).toBe(true);
        expect([...owner].every((index) => index < names.length)).toBe(true);
        const total = [...timesBetween(timeline, 1000, 1010).values()].reduce((sum, ms) => sum + ms, 0);
        expect(total).toBeCloseTo(10, 6);
      },
    );
  });

  it('is an answer or what is wrong with it, whatever its line', async () => {
    await fuzz(
      mutatedTexts(JSON.stringify({ pid: 1, profile }), '{"problem":"no inspector"}', '[]'),
      (line) => {
        const answer = answerOf(line);
        if (answer instanceof Error) throw answer;
        return answer;
      },
      [Error],
      (answer) => expect(typeof answer).toBe('object'),
    );
  });

  it('may have stacks deeper than ours, and nodes that name each other', () => {
    const chain = Array.from({ length: 50_000 }, (_, i) => ({
      id: i + 1,
      callFrame: frame(`f${i % 7}`, 'file:///srv/model.mjs'),
      children: [i + 2, 1],
    }));
    expect(timelineOf({ ...profile, nodes: chain, samples: [50_000] } as never, 2).owner).toHaveLength(1);
  });
});
