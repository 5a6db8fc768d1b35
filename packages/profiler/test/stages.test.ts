import { expect, it } from 'vitest';
import { watchStages } from '../src/stages.ts';

/** A clock that is a second further at each look. */
const seconds = () => {
  let atMs = 0;
  return {
    nowMs: () => {
      atMs += 1000;
      return atMs;
    },
  };
};

/** Marks that were seen one after the other: the highest since the one before, and now. */
const marks = (...seen: [number, number][]) => {
  let at = 0;
  return () => {
    const [peakBytes, nowBytes] = seen[at++]!;
    return { peakBytes, nowBytes };
  };
};

it('a stage has the highest of its time, its growth, and what it leaves behind', () => {
  const stages = watchStages(marks([100, 100], [900, 300], [320, 310], [350, 310]), seconds());
  stages.on('features', 'start');
  stages.on('features', 'end');
  stages.on('training', 'start');
  stages.on('training', 'end');
  expect(stages.ended()).toEqual([
    { stage: 'features', peakBytes: 900, growthBytes: 800, keptBytes: 200 },
    { stage: 'training', peakBytes: 350, growthBytes: 40, keptBytes: 0 },
  ]);
});

it('each run of a stage tells when it began and ended', () => {
  const stages = watchStages(marks([1, 1], [1, 1], [1, 1], [1, 1]), seconds());
  stages.on('fold', 'start');
  stages.on('fold', 'end');
  stages.on('fold', 'start');
  stages.on('fold', 'end');
  expect(stages.times()).toEqual([
    { stage: 'fold', fromMs: 1000, toMs: 2000 },
    { stage: 'fold', fromMs: 3000, toMs: 4000 },
  ]);
});

it('stages may overlap, and one that comes again adds what it keeps', () => {
  const stages = watchStages(marks([10, 10], [20, 20], [80, 30], [40, 40], [50, 50], [60, 60]), seconds());
  stages.on('fold', 'start');
  stages.on('inner', 'start');
  stages.on('inner', 'end');
  stages.on('fold', 'end');
  stages.on('fold', 'start');
  stages.on('fold', 'end');
  expect(stages.ended().find(({ stage }) => stage === 'fold')).toMatchObject({ peakBytes: 80, keptBytes: 40 });
});

it('an end without a beginning is no stage', () => {
  const stages = watchStages(marks([1, 1]), seconds());
  stages.on('lost', 'end');
  expect(stages.ended()).toEqual([]);
  expect(stages.times()).toEqual([]);
});
