import { describe, expect, it } from 'vitest';
import { parseTrace } from '../src/trace.ts';

const read = (...lines: string[]) => parseTrace(lines.join('\n'), 'day.csv');

describe('a recorded trace', () => {
  it('is read from milliseconds since any moment, or from the times of a log', () => {
    expect(read('# my service', '1000', '1000.25,GET /a', '', '1500')).toEqual([0, 0.25, 500]);
    expect(read('2025-06-02T09:00:00.125+08:00', '2025-06-02T01:00:01Z')).toEqual([0, 875]);
  });
  it.each([
    [['1', 'x'], 'day.csv:2: “x” is no time'],
    [['1', '2025-06-02T09:00:00Z'], 'day.csv:2'],
    [['2025-06-02T09:00:00'], 'day.csv:1'],
    [['-1'], 'day.csv:1'],
    [['5', '4'], 'day.csv:2: 4 is earlier than the arrival before it'],
    [['#', ''], 'day.csv: no arrivals in it'],
  ])('that is %j is refused with file, line and value', (lines, message) => {
    expect(() => read(...lines)).toThrow(message);
  });
});
