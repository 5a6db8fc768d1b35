import { describe, expect, it } from 'vitest';
import { fuzz, mutatedTexts } from '../../core/test/support/mutations.ts';
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
